//! Runs a limited number of futures at a time, all within the task that awaits them: dropping that
//! task drops them too.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

type Piece<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Futures that are started in order, with a limit on how many run at a time.
pub(super) struct BoundedConcurrency<'a, T> {
    most: usize,
    waiting: Box<dyn Iterator<Item = Piece<'a, T>> + Send + 'a>,
    running: Vec<Piece<'a, T>>,
}

impl<'a, T> BoundedConcurrency<'a, T> {
    /// Runs at most `most` futures at a time; 0 counts as 1.
    #[inline]
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

    /// Returns the output of the next future that completes, or `None` if all have completed.
    #[inline]
    pub(super) async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// Polls every running future, as there are few. Each is polled first in turn: otherwise the
    /// first one could use up tokio's budget for cooperative yielding every time.
    #[inline]
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

    /// Completes when it has been polled this often.
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
        // The future that is polled first could use up the whole budget.
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
