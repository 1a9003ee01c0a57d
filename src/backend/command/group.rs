//! A process group: what a program and all that it starts belong to, and end with.

/// Ends the group when dropped.
pub(in crate::backend) struct Group {
    #[cfg(unix)]
    leader: Option<nix::unistd::Pid>,
}

impl Group {
    /// The group of this child, which was started as the leader of its own.
    #[cfg(unix)]
    pub(in crate::backend) fn of(child: &tokio::process::Child) -> Self {
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).map(nix::unistd::Pid::from_raw);
        Self { leader }
    }

    /// Elsewhere only the child itself can be ended, which it is when dropped.
    #[cfg(not(unix))]
    pub(in crate::backend) fn of(_child: &tokio::process::Child) -> Self {
        Self {}
    }

    /// Ends all that is left of the group.
    pub(super) fn end(&self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            // An error means that nothing of it is left.
            let _ = nix::sys::signal::killpg(leader, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}
