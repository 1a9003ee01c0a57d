//! The swift copy: the same weights as `Q8_0`, for which candle has vector code.
//!
//! candle computes some kinds of GGUF block one number at a time (`Q4_1`: prompts 4 times slower than `Q8_0`, answers 2.4 times).
//! Converting takes most of a second and three times the memory, so it is done once, and the result kept in our own folder under a
//! name that holds the key of its source. A seal at the end of the file holds its length and BLAKE3; GGUF readers don't read that far.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use candle_core::Device;
use candle_core::quantized::gguf_file::{self, Content};
use candle_core::quantized::{GgmlDType, QTensor};
use sha2::{Digest, Sha256};

use super::super::error::LocalError;
use super::check::{Part, hex};
use super::fetch::Fetch;
use super::find::{Found, lock};
use super::places::Places;

/// First bytes of the seal. Its layout: these, the length before the seal (u64, little endian), BLAKE3 of those bytes.
const SEAL: &[u8; 8] = b"SCORESW1";
/// Bytes of the seal.
const SEAL_SIZE: usize = 48;

/// A file that can be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::backend::local) struct Ready {
    /// The file.
    pub path: PathBuf,
    /// Whether it ends in a seal, so that [`verify`] can tell whether it is sound.
    pub sealed: bool,
}

/// Makes weights ready to load: the swift copy of them where that helps, made now if need be.
///
/// Where the copy can't be written, the weights are used as they are: slower, and it is said.
///
/// # Errors
/// `UnsupportedModel` where the file is not GGUF.
pub(in crate::backend::local) fn ready(
    found: &Found,
    places: &Places,
    progress: &mut dyn Fetch,
) -> Result<Ready, LocalError> {
    let (source, key) = match found {
        Found::Swift { path } => return Ok(Ready { path: path.clone(), sealed: true }),
        Found::Pinned { path, sha256 } => (path, (*sha256).to_owned()),
        Found::Own(path) => (path, identity(path).map_err(LocalError::file(path))?),
    };
    let as_it_is = Ready { path: source.clone(), sealed: false };
    let Some(own) = places.own.as_deref() else { return Ok(as_it_is) };
    let target = swift_path(own, &key);
    if target.is_file() {
        return Ok(Ready { path: target, sealed: true });
    }
    if !read_header(source)?.tensor_infos.values().any(|info| is_slow(info.ggml_dtype)) {
        return Ok(as_it_is);
    }
    match make(source, &target, progress) {
        Ok(()) => Ok(Ready { path: target, sealed: true }),
        Err(error @ LocalError::File { .. }) => {
            progress.note(&format!("{error}; so the embedded model runs slower, from {}", source.display()));
            Ok(as_it_is)
        }
        Err(error) => Err(error),
    }
}

/// Where the swift copy of weights is: named by their key, of which 64 bits are enough for a cache.
pub(super) fn swift_path(own: &Path, key: &str) -> PathBuf {
    own.join(format!("{}.Q8_0.gguf", &key[..key.len().min(16)]))
}

/// A key for somebody's own file, without reading it: its path, size and time of change.
fn identity(path: &Path) -> io::Result<String> {
    let path = fs::canonicalize(path)?;
    let metadata = fs::metadata(&path)?;
    let changed = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut digest = Sha256::new();
    digest.update(path.as_os_str().as_encoded_bytes());
    digest.update([0]);
    digest.update(metadata.len().to_le_bytes());
    digest.update(changed.as_nanos().to_le_bytes());
    Ok(hex(&digest.finalize()))
}

/// Kinds for which candle 0.11 has no vector code (`vec_dot` is `vec_dot_unopt` in its `k_quants.rs`).
fn is_slow(kind: GgmlDType) -> bool {
    matches!(kind, GgmlDType::Q4_1 | GgmlDType::Q5_0 | GgmlDType::Q5_1 | GgmlDType::Q8_1)
}

/// The header of a GGUF file.
fn read_header(path: &Path) -> Result<Content, LocalError> {
    let mut file = BufReader::new(File::open(path).map_err(LocalError::file(path))?);
    Content::read(&mut file)
        .map_err(|e| LocalError::UnsupportedModel { path: path.to_path_buf(), reason: e.to_string() })
}

fn make(source: &Path, target: &Path, progress: &mut dyn Fetch) -> Result<(), LocalError> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(LocalError::file(folder))?;
    }
    let _lock = lock(&target.with_extension("lock"), progress)?;
    if target.is_file() {
        return Ok(());
    }
    progress.note("converting the embedded model once, so that it loads and answers faster");
    let mut part = Part::create(target)?;
    write_converted(source, part.file()).map_err(|error| match error {
        candle_core::Error::Io(error) => LocalError::File { path: part.path().to_path_buf(), source: error },
        error => LocalError::UnsupportedModel { path: source.to_path_buf(), reason: error.to_string() },
    })?;
    seal(part.file()).map_err(LocalError::file(part.path()))?;
    part.finish()
}

fn write_converted(source: &Path, out: &mut File) -> candle_core::Result<()> {
    let device = Device::Cpu;
    let mut file = BufReader::new(File::open(source)?);
    let content = Content::read(&mut file)?;
    let mut names: Vec<&String> = content.tensor_infos.keys().collect();
    names.sort_unstable();
    let mut tensors = Vec::with_capacity(names.len());
    for name in names {
        let tensor = content.tensor(&mut file, name, &device)?;
        let tensor = if is_slow(tensor.dtype()) {
            QTensor::quantize(&tensor.dequantize(&device)?, GgmlDType::Q8_0)?
        } else {
            tensor
        };
        tensors.push((name.as_str(), tensor));
    }
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
    // candle writes at its own alignment, whatever the source's was.
    let metadata = content.metadata.iter().filter(|(key, _)| *key != "general.alignment");
    let metadata: Vec<(&str, &gguf_file::Value)> =
        metadata.map(|(key, value)| (key.as_str(), value)).collect();
    let mut out = BufWriter::with_capacity(1 << 20, out);
    gguf_file::write(&mut out, &metadata, &tensors)?;
    Ok(out.flush()?)
}

/// Reads a whole file and writes its seal behind it.
fn seal(file: &mut File) -> io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let hash = hash_of(file, length)?;
    file.seek(SeekFrom::Start(length))?;
    file.write_all(SEAL)?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(hash.as_bytes())
}

/// Whether a sealed file is as it was written: reads all of it.
///
/// # Errors
/// `Damaged` where it is not, `File` where it can't be read.
pub(in crate::backend::local) fn verify(path: &Path) -> Result<(), LocalError> {
    let (expected, found) = read_seal(path).map_err(LocalError::file(path))?;
    if expected == found {
        return Ok(());
    }
    Err(LocalError::Damaged { path: path.to_path_buf(), expected, found })
}

/// The hash in the seal and the hash of the file, hex.
fn read_seal(path: &Path) -> io::Result<(String, String)> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let Some(length) = size.checked_sub(SEAL_SIZE as u64) else {
        return Ok(("in a seal".to_owned(), "too short for one".to_owned()));
    };
    file.seek(SeekFrom::Start(length))?;
    let mut seal = [0; SEAL_SIZE];
    file.read_exact(&mut seal)?;
    if !seal.starts_with(SEAL) || seal[8..16] != length.to_le_bytes() {
        return Ok(("in a seal".to_owned(), "no seal".to_owned()));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok((hex(&seal[16..]), hex(hash_of(&mut file, length)?.as_bytes())))
}

fn hash_of(file: &mut File, length: u64) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut limited = file.take(length);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match limited.read(&mut buffer)? {
            0 => return Ok(hasher.finalize()),
            count => hasher.update(&buffer[..count]),
        };
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Tensor;

    use super::super::fetch::tests::Notes;
    use super::*;

    /// A GGUF file with one 32 by 2 tensor of a kind.
    fn gguf(path: &Path, kind: GgmlDType) {
        let numbers: Vec<f32> = (0..64u8).map(f32::from).collect();
        let tensor =
            QTensor::quantize(&Tensor::from_vec(numbers, (2, 32), &Device::Cpu).unwrap(), kind).unwrap();
        let name = gguf_file::Value::String("made".to_owned());
        gguf_file::write(&mut File::create(path).unwrap(), &[("general.name", &name)], &[("t", &tensor)])
            .unwrap();
    }

    fn places(own: &Path) -> Places {
        let mut places = Places::of(|_| None);
        places.own = Some(own.to_path_buf());
        places
    }

    #[test]
    fn a_slow_file_is_converted_once_and_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.gguf");
        gguf(&source, GgmlDType::Q4_1);
        let places = places(&folder.path().join("own"));
        let mut notes = Notes::default();
        let made = ready(&Found::Own(source.clone()), &places, &mut notes).unwrap();
        assert!(made.sealed && made.path != source);
        assert_eq!(notes.lines.len(), 1);
        verify(&made.path).unwrap();
        let header = read_header(&made.path).unwrap();
        assert_eq!(header.tensor_infos["t"].ggml_dtype, GgmlDType::Q8_0);
        assert_eq!(header.metadata["general.name"].to_string().unwrap(), "made");
        assert_eq!(ready(&Found::Own(source), &places, &mut notes).unwrap(), made);
        assert_eq!(notes.lines.len(), 1);
    }

    #[test]
    fn a_swift_file_is_used_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.gguf");
        gguf(&source, GgmlDType::Q8_0);
        let made = ready(&Found::Own(source.clone()), &places(folder.path()), &mut Notes::default()).unwrap();
        assert_eq!(made, Ready { path: source, sealed: false });
    }

    #[test]
    fn damage_shows() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.gguf");
        gguf(&source, GgmlDType::Q4_1);
        let made = ready(&Found::Own(source), &places(folder.path()), &mut Notes::default()).unwrap().path;
        let sound = fs::read(&made).unwrap();
        let mut flipped = sound.clone();
        flipped[40] ^= 1;
        for damaged in [&flipped[..], &sound[..sound.len() - 1], &sound[..10], &[]] {
            fs::write(&made, damaged).unwrap();
            assert!(matches!(verify(&made), Err(LocalError::Damaged { .. })), "{} bytes", damaged.len());
        }
        fs::write(&made, sound).unwrap();
        verify(&made).unwrap();
    }

    #[test]
    fn what_is_not_gguf_is_said_to_be_so() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.gguf");
        fs::write(&source, "not a model at all, just words").unwrap();
        let error = ready(&Found::Own(source), &places(folder.path()), &mut Notes::default()).unwrap_err();
        assert!(matches!(error, LocalError::UnsupportedModel { .. }), "{error}");
    }
}
