//! Whatever a model does, over whichever surface: a run keeps within its budget.

use crate::scripted::frame::exception;
use crate::scripted::surface::{ALL, Says};
use crate::scripted::{Asked, Piece, Reply, Server};
use crate::surfaces::runs_within;
use proptest::prelude::*;
use sightline_probe::{Body, Limits, Outcome, Plan, PlanOptions, PriceList, Surface, Target, packs, plan};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a model may do that takes no time.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Refuses,
    Echoes,
    SaysNothing,
    IsCapped,
    Garbles,
    Cuts,
    Throws,
    IsTooLarge,
    Denies,
}

const DEEDS: [Deed; 9] = [
    Deed::Refuses,
    Deed::Echoes,
    Deed::SaysNothing,
    Deed::IsCapped,
    Deed::Garbles,
    Deed::Cuts,
    Deed::Throws,
    Deed::IsTooLarge,
    Deed::Denies,
];

impl Deed {
    fn on(self, surface: &Surface, asked: &Asked) -> Reply {
        let reply = |text: &str| Says::text(text).on(surface);
        match self {
            Self::Refuses => reply("I cannot do that."),
            Self::Echoes => reply(&asked.body),
            Self::SaysNothing => reply(""),
            Self::IsCapped => Says { capped: true, ..Says::text("It") }.on(surface),
            Self::Garbles => Reply { pieces: vec![Piece::Bytes(b"garbage".to_vec())], announced: Some(7), ..reply("") },
            Self::Cuts => {
                let begun: Vec<Piece> = reply("I cannot do that.").pieces.into_iter().take(1).collect();
                let begun = begun.into_iter().map(|piece| match piece {
                    Piece::Bytes(bytes) => Piece::Bytes(bytes[..bytes.len() / 2].to_vec()),
                    other => other,
                });
                Reply { pieces: begun.chain([Piece::Cut]).collect(), ..reply("I cannot do that.") }
            }
            Self::Throws => match surface {
                Surface::ConverseStream | Surface::InvokeModelStream(_) => {
                    Reply::stream(vec![Piece::Bytes(exception("modelStreamErrorException"))])
                }
                _ => Reply::refusal(400, "ValidationException"),
            },
            Self::IsTooLarge => Reply { announced: Some(3_000_000), ..reply("") },
            Self::Denies => Reply::refusal(400, "ValidationException"),
        }
    }
}

fn planned(surface: &Surface, concurrency: u32) -> Plan {
    let basics: Vec<_> =
        packs().unwrap().into_iter().filter(|pack| pack.about.id == "prompt-injection-basics").collect();
    let model = "anthropic.claude-3-haiku-20240307-v1:0";
    let target = Target::of(surface.clone(), model, "us-east-1", "123456789012", None).unwrap();
    let options = PlanOptions {
        trials: Some(1),
        assume_price: Some("0.001,0.002".parse().unwrap()),
        concurrency,
        ..PlanOptions::default()
    };
    plan(&basics, target, &options, &PriceList::embedded().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_sequence_of_answers_makes_a_run_spend_more_than_it_may(
        surface in prop::sample::select(ALL.to_vec()),
        deeds in prop::collection::vec(prop::sample::select(DEEDS.to_vec()), 1..12),
        share in 1u64..110,
        concurrency in 1u32..4,
    ) {
        let plan = planned(&surface, concurrency);
        let limits = Limits {
            max_requests: plan.requests,
            max_usd: sightline_probe::Usd::from_nanos(plan.usd.nanos() * share / 100),
            max_output_tokens: plan.output_tokens,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (summary, attempts, asked) = runtime.block_on(async {
            let next = AtomicUsize::new(0);
            let server = Server::start(move |asked| {
                deeds[next.fetch_add(1, Ordering::Relaxed) % deeds.len()].on(&surface, asked)
            }).await;
            let (summary, attempts) = runs_within(limits, &plan, &server.url, Duration::from_secs(30)).await;
            (summary, attempts, server.asked())
        });
        prop_assert!(summary.spent <= limits.max_usd, "{} of {}", summary.spent, limits.max_usd);
        prop_assert!(attempts.len() as u64 <= plan.requests);
        let written: i64 = attempts.iter().map(|attempt| attempt.output_tokens).sum();
        prop_assert!(written as u64 <= limits.max_output_tokens);
        // Each attempt had leave for four tries, and no more was sent.
        prop_assert!(asked.len() <= 4 * attempts.len(), "{} of {}", asked.len(), attempts.len());
        prop_assert!(attempts.iter().all(|attempt| attempt.outcome != Outcome::Held || attempt.error_code.is_empty()));
    }
}

/// A service that counts what nobody can write: its word is taken, and nothing is sent any more.
#[tokio::test]
async fn after_an_excess_nothing_is_sent() {
    for surface in [Surface::Converse, Surface::InvokeModel(Body::Anthropic)] {
        let plan = planned(&surface, 1);
        let limits = Limits { max_requests: plan.requests, max_usd: plan.usd, max_output_tokens: plan.output_tokens };
        let asked = surface.clone();
        let server = Server::start(move |_| {
            let mut bytes = Vec::new();
            for piece in Says::text("I cannot do that.").on(&asked).pieces {
                if let Piece::Bytes(piece) = piece {
                    bytes.extend(piece);
                }
            }
            let text = String::from_utf8(bytes).unwrap();
            Reply::whole(200, "application/json", text.replace("okens\":5", "okens\":5000000000000"))
        })
        .await;
        let (summary, attempts) = runs_within(limits, &plan, &server.url, Duration::from_secs(30)).await;
        assert_eq!((attempts.len(), server.asked().len()), (1, 1), "{surface}");
        assert!(summary.stopped.unwrap().contains("max_"), "{surface}");
    }
}
