//! Decides whose turn it is: the projects take turns, so that a project with many clusters, or one
//! whose rate limit is reached, does not hold up the others.

use std::collections::{HashMap, VecDeque};

use atlas_backup_api::ObjectId;

use super::Candidate;

/// The clusters that wait for their turn, by project.
pub struct Queue {
    lanes: Vec<Lane>,
    /// The place of each project in `lanes`.
    places: HashMap<ObjectId, usize>,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Candidate>,
    in_progress: usize,
    started: usize,
}

impl Queue {
    pub fn new(candidates: Vec<Candidate>) -> Self {
        let mut queue = Queue {
            lanes: Vec::new(),
            places: HashMap::new(),
        };
        for candidate in candidates {
            let place = match queue.places.get(&candidate.project) {
                Some(place) => *place,
                None => {
                    queue.lanes.push(Lane::default());
                    let place = queue.lanes.len() - 1;
                    queue.places.insert(candidate.project.clone(), place);
                    place
                }
            };
            queue.lanes[place].waiting.push_back(candidate);
        }
        queue
    }

    /// The next cluster: of the project that has the fewest in progress, and among those, of the one
    /// that has had its turn least often.
    pub fn next(&mut self) -> Option<Candidate> {
        let lanes = self.lanes.iter_mut();
        let waiting = lanes.filter(|lane| !lane.waiting.is_empty());
        let lane = waiting.min_by_key(|lane| (lane.in_progress, lane.started))?;
        lane.in_progress += 1;
        lane.started += 1;
        lane.waiting.pop_front()
    }

    /// A cluster of this project is no longer in progress.
    pub fn ended(&mut self, project: &ObjectId) {
        if let Some(place) = self.places.get(project) {
            self.lanes[*place].in_progress -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(project: char, number: usize) -> Candidate {
        Candidate {
            project: project.to_string().repeat(24).parse().expect("an id"),
            cluster: format!("{project}{number}"),
            id: None,
            kind: None,
        }
    }

    fn queue(sizes: &[(char, usize)]) -> Queue {
        let of = |(project, size): &(char, usize)| {
            let project = *project;
            (0..*size).map(move |number| candidate(project, number))
        };
        Queue::new(sizes.iter().flat_map(of).collect())
    }

    fn next(queue: &mut Queue, many: usize) -> Vec<String> {
        let names = std::iter::from_fn(|| queue.next()).map(|candidate| candidate.cluster);
        names.take(many).collect()
    }

    #[test]
    fn projects_take_turns() {
        let mut queue = queue(&[('a', 4), ('b', 2), ('c', 1)]);
        assert_eq!(
            next(&mut queue, 9),
            ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]
        );
    }

    #[test]
    fn projects_take_turns_also_if_fewer_clusters_are_in_progress_than_there_are_projects() {
        let mut queue = queue(&[('a', 3), ('b', 2), ('c', 2)]);
        let mut order = Vec::new();
        while let Some(candidate) = queue.next() {
            queue.ended(&candidate.project);
            order.push(candidate.cluster);
        }
        assert_eq!(order, ["a0", "b0", "c0", "a1", "b1", "c1", "a2"]);
    }

    #[test]
    fn a_project_that_is_slow_does_not_hold_up_the_others() {
        let mut queue = queue(&[('a', 100), ('b', 100)]);
        next(&mut queue, 20);
        // Of the ten in progress of each, only those of `b` end.
        let (a, b) = (candidate('a', 0), candidate('b', 0));
        for _ in 0..10 {
            queue.ended(&b.project);
        }
        assert!(
            next(&mut queue, 10)
                .iter()
                .all(|name| name.starts_with('b'))
        );
        queue.ended(&a.project);
        assert_eq!(next(&mut queue, 1), ["a10"]);
    }
}
