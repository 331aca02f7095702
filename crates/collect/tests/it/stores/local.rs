//! Folders, files and standard input.

use super::{all_of, bounds, clock_at, keys, listed, read};
use jiff::Timestamp;
use sightline_collect::logs::{Listed, LogStore, Opened, Why};
use std::fs;
use std::io::{self, Read};
use tempfile::TempDir;

async fn only(store: &LogStore) -> Listed {
    let mut all = listed(store, None).await;
    assert_eq!(all.len(), 1);
    all.remove(0).unwrap()
}

#[tokio::test]
async fn files_come_as_keys_of_a_bucket_would() {
    let folder = TempDir::new().unwrap();
    for name in ["a/b", "a.txt", "a-b", "a/a", "B", "a/b.c/d"] {
        let path = folder.path().join(name);
        if name == "a/b" {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    fs::write(folder.path().join("a/b"), "").unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("circle")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("B"), folder.path().join("z")).unwrap();
    let store = LogStore::folder(folder.path()).unwrap();
    let root = format!("{}/", store.place());
    let found = keys(&store, None).await;
    let found: Vec<&str> = found.iter().map(|key| key.strip_prefix(&root).unwrap()).collect();
    assert_eq!(found, ["B", "a-b", "a.txt", "a/a", "a/b", "a/b.c/d", "z"]);
}

#[tokio::test]
async fn more_files_than_are_listed_ahead() {
    let folder = TempDir::new().unwrap();
    for n in 0..1_000 {
        fs::write(folder.path().join(format!("{n:04}")), "").unwrap();
    }
    let store = LogStore::folder(folder.path()).unwrap();
    let found = keys(&store, None).await;
    assert!(found.len() == 1_000 && found.is_sorted());
    // A listing that nobody reads to the end ends.
    drop(store.list_since(None));
}

#[tokio::test]
async fn files_whole_and_as_streams() {
    let folder = TempDir::new().unwrap();
    let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let path = folder.path().join("a.parquet");
    fs::write(&path, &content).unwrap();
    let store = LogStore::folder(&path).unwrap();
    let object = only(&store).await;
    assert!(matches!(store.open(&object, bounds(object.size)).await, Ok(Opened::Whole(bytes)) if bytes == content));
    let too_large = store.open(&object, bounds(object.size - 1)).await.unwrap_err();
    assert_eq!(too_large.why, Why::TooLarge);

    let text = Listed { key: object.key.clone(), ..object.clone() };
    fs::rename(&path, folder.path().join("a")).unwrap();
    assert_eq!(read(&store, &text, u64::MAX).await.unwrap_err().why, Why::Gone);
    let store = LogStore::folder(&folder.path().join("a")).unwrap();
    let object = only(&store).await;
    let opened = store.open(&object, bounds(10)).await.unwrap();
    assert!(matches!(opened, Opened::Stream(_)));
    assert_eq!(all_of(opened).await.unwrap(), content);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read() {
    for change in [b"".as_slice(), b"123456", b"1234567890"] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "12345678").unwrap();
        let store = LogStore::folder(&path).unwrap();
        let object = only(&store).await;
        let opened = store.open(&object, bounds(1)).await.unwrap();
        fs::write(&path, change).unwrap();
        assert_eq!(all_of(opened).await.unwrap_err().why, Why::Gone);
    }
}

/// Gives what it holds in small pieces.
struct Pieces(io::Cursor<Vec<u8>>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(7);
        self.0.read(&mut buffer[..length])
    }
}

#[tokio::test]
async fn standard_input_is_what_it_holds() {
    let clock = clock_at(Timestamp::from_second(1_763_781_000).unwrap());
    let store = LogStore::stdin(Pieces(io::Cursor::new(b"hello, world".to_vec())), &clock);
    let object = only(&store).await;
    assert_eq!(object.uri, "stdin:09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b");
    assert_eq!((object.version.as_str(), object.size, object.last_modified.as_second()), ("12", 12, 1_763_781_000));
    // It can be listed and read again, and two readers do not disturb one another.
    assert_eq!(only(&store).await, object);
    let (one, other) = (store.open(&object, bounds(0)).await.unwrap(), store.open(&object, bounds(0)).await.unwrap());
    let (one, other) = tokio::join!(all_of(one), all_of(other));
    assert_eq!((one.unwrap(), other.unwrap()), (b"hello, world".to_vec(), b"hello, world".to_vec()));
    assert_eq!(read(&store, &object, 12).await.unwrap(), b"hello, world");
}

#[tokio::test]
async fn standard_input_that_breaks() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the pipe burst"))
        }
    }
    let store = LogStore::stdin(Broken, &clock_at(Timestamp::UNIX_EPOCH));
    let unlisted = listed(&store, None).await.remove(0).unwrap_err();
    assert!(unlisted.error.ends_with("the pipe burst"), "{}", unlisted.error);
}
