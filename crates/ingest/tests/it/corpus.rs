//! What fuzzing found worth keeping, read again: no panic, and the same whether the bytes come at once or in small pieces.

use crate::support::{Pieces, read_as};
use sightline_ingest::{Input, source};
use std::path::Path;

/// Bytes that a stream gives at once: few, so that every boundary is met.
const PIECE: usize = 7;

#[test]
fn every_source_reads_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for source in source::ALL {
        let folder = corpus.join(source.name());
        let files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}: each source has a corpus", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(!files.is_empty(), "{} is empty", folder.display());
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let (whole, rows) = read_as(*source, Input::Whole(&bytes));
            // How much of a broken gzip stream can be read depends on its pieces.
            if !bytes.starts_with(b"PAR1") && whole.stats.error.is_empty() {
                let (streamed, again) = read_as(*source, Input::Stream(&mut Pieces(&bytes, PIECE)));
                assert_eq!((whole, rows), (streamed, again), "{}", file.display());
            }
        }
    }
}

/// The seeds are whole objects: what is read of them must not shrink unnoticed.
#[test]
fn seeds_give_rows() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let seeds = [
        ("bedrock_invocation", "two"),
        ("bedrock_invocation", "envelope"),
        ("bedrock_invocation", "firehose.gz"),
        ("cloudtrail", "two"),
        ("cloudtrail", "eventbridge"),
        ("eks_audit", "two"),
        ("eks_audit", "export"),
        ("resolver_query", "two"),
        ("sagemaker_capture", "one"),
        ("transit_gateway_flow", "v6"),
        ("vpc_flow", "v5"),
        ("vpc_flow", "v5.gz"),
        ("vpc_flow", "v2"),
        ("vpc_flow", "underscores"),
    ];
    for (name, file) in seeds {
        let bytes = std::fs::read(corpus.join(name).join(file)).unwrap();
        let source = sightline_ingest::by_name(name).unwrap();
        let (decoded, rows) = read_as(source, Input::Whole(&bytes));
        assert_eq!((decoded.stats.rejects, rows.is_empty()), (0, false), "{name}/{file}: {:?}", decoded.stats);
    }
}
