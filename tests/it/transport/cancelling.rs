//! Dropping calls at any moment leaves the client usable.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use atlas_backup_api::Credentials;
use atlas_backup_tests::fake_atlas::{App, Digest, OAuth, Server};

use super::{NoWait, api_key, builder, built, create, read, service_account};

const CALLS: usize = 1000;
const SEED: u64 = 0x5eed;

/// Pseudorandom numbers below a bound, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Polls the call at most `polls` times and then drops it. Returns `None` if it dropped the call.
async fn dropped_after<T>(polls: u64, call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match call.as_mut().poll(context) {
            Poll::Pending if left == 0 => Poll::Ready(None),
            polled => polled.map(Some),
        }
    })
    .await
}

fn start(digest: &Digest, oauth: &OAuth) -> Server {
    App::examples()
        .layer(digest)
        .layer(&oauth.clone().allow_digest())
        .start()
}

async fn after_a_thousand_dropped_calls_one_works(credentials: Credentials) {
    let (digest, oauth) = (Digest::atlas(), OAuth::new());
    let server = start(&digest, &oauth);
    let clock = NoWait::new();
    let client = built(
        builder(&server, &clock)
            .credentials(credentials)
            .max_concurrency(4),
    );
    let mut random = Random(SEED);
    let (mut dropped, mut done) = (0, 0);
    while dropped < CALLS {
        // Now and then the server invalidates the client's nonces or tokens, so that the client
        // renews them while calls are in progress.
        match random.below(20) {
            0 => digest.forget_nonces(),
            1 => oauth.revoke_tokens(),
            _ => {}
        }
        let [first, second, third] = [0; 3].map(|_| random.below(8));
        let (first, second, third) = tokio::join!(
            dropped_after(first, create(&client)),
            dropped_after(second, read(&client)),
            dropped_after(third, create(&client)),
        );
        let outcomes = [
            first.map(|call| call.map(drop)),
            second.map(|call| call.map(drop)),
            third.map(|call| call.map(drop)),
        ];
        for outcome in outcomes {
            match outcome {
                None => dropped += 1,
                Some(Ok(())) => done += 1,
                Some(Err(error)) => panic!("after {dropped} dropped and {done} done: {error:?}"),
            }
        }
    }
    assert!(
        done > CALLS / 50,
        "some come to an end, which shows that moments are of all kinds: {done}"
    );
    let before = server.handled_count("POST");
    // The client can still make as many calls at a time as its limit allows: no dropped call kept
    // its permit.
    let four = tokio::join!(
        create(&client),
        create(&client),
        create(&client),
        create(&client)
    );
    for call in [four.0, four.1, four.2, four.3] {
        call.expect("a call that nobody drops");
    }
    assert!(server.handled_count("POST") >= before + 4);
    assert_eq!(digest.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_call_works_after_a_thousand_dropped_ones_with_an_api_key() {
    after_a_thousand_dropped_calls_one_works(api_key()).await;
}

#[tokio::test]
async fn a_call_works_after_a_thousand_dropped_ones_with_a_service_account() {
    after_a_thousand_dropped_calls_one_works(service_account()).await;
}
