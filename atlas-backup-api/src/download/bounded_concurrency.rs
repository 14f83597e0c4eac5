//! Some pieces of work at a time, within the task that waits for them: when that is dropped, so are they.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

type Piece<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Pieces of work that are begun in their order, so many at a time.
pub(super) struct BoundedConcurrency<'a, T> {
    most: usize,
    waiting: Box<dyn Iterator<Item = Piece<'a, T>> + Send + 'a>,
    running: Vec<Piece<'a, T>>,
}

impl<'a, T> BoundedConcurrency<'a, T> {
    /// At most so many at a time, which is one at least.
    pub(super) fn new<F: Future<Output = T> + Send + 'a>(
        most: usize,
        work: impl Iterator<Item = F> + Send + 'a,
    ) -> Self {
        let waiting = work.map(|piece| -> Piece<'a, T> { Box::pin(piece) });
        BoundedConcurrency {
            most: most.max(1),
            waiting: Box::new(waiting),
            running: Vec::new(),
        }
    }

    /// What the next one that is done has brought, whichever it is; None when all are done.
    pub(super) async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Looks at each that is running, as they are few. Each is the first in turn: what a task may do before it must let others go on
    /// could be used up by the first one.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        if !self.running.is_empty() {
            self.running.rotate_left(1);
        }
        let mut index = 0;
        loop {
            if index == self.running.len() {
                let next = if self.running.len() < self.most {
                    self.waiting.next()
                } else {
                    None
                };
                match next {
                    Some(piece) => self.running.push(piece),
                    None if self.running.is_empty() => return Poll::Ready(None),
                    None => return Poll::Pending,
                }
            }
            if let Poll::Ready(done) = self.running[index].as_mut().poll(context) {
                drop(self.running.remove(index));
                return Poll::Ready(Some(done));
            }
            index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Is done when it has been looked at so many times.
    async fn looked_at(times: usize) {
        let mut left = times;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            left = left.saturating_sub(1);
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    #[tokio::test]
    async fn no_more_than_so_many_run_at_a_time_and_all_come_to_an_end() {
        for (most, peak) in [(0, 1), (1, 1), (3, 3), (100, 10)] {
            let (running, highest, begun) = (
                AtomicUsize::new(0),
                AtomicUsize::new(0),
                Mutex::new(Vec::new()),
            );
            let work = (0..10).map(|number| {
                let (running, highest, begun) = (&running, &highest, &begun);
                async move {
                    begun.lock().unwrap().push(number);
                    highest.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    looked_at(number * 7 % 5 + 2).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                    number
                }
            });
            let mut work = BoundedConcurrency::new(most, work);
            let mut done = Vec::new();
            while let Some(number) = work.next().await {
                done.push(number);
            }
            done.sort_unstable();
            drop(work);
            assert_eq!(
                (done, highest.into_inner()),
                ((0..10).collect(), peak),
                "{most}"
            );
            assert_eq!(
                begun.into_inner().unwrap(),
                (0..10).collect::<Vec<_>>(),
                "begun in order"
            );
        }
    }

    #[tokio::test]
    async fn each_gets_its_turn() {
        // Whoever is looked at first could take all there is.
        let first = Mutex::new(Vec::new());
        let work = (0..3).map(|number| {
            let first = &first;
            poll_fn(move |context| {
                context.waker().wake_by_ref();
                first.lock().unwrap().push(number);
                if first.lock().unwrap().len() > 12 {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
        });
        BoundedConcurrency::new(3, work).next().await;
        let first: Vec<_> = first
            .into_inner()
            .unwrap()
            .chunks(3)
            .map(|round| round[0])
            .collect();
        assert_eq!(first[..4], [0, 1, 2, 0]);
    }
}
