//! Identities of syntax nodes, and tables beside the tree that hold what each phase learns of them.

/// The identity of a syntax node, dense over all files of one program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

/// Hands out node identities.
#[derive(Debug, Default)]
pub struct NodeIds {
    next: u32,
}

impl NodeIds {
    /// The next free identity.
    pub fn fresh(&mut self) -> NodeId {
        let id = NodeId(self.next);
        self.next += 1;
        id
    }
}

/// A side table: what one phase knows of some nodes.
#[derive(Debug, Clone)]
pub struct Table<T> {
    rows: Vec<Option<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<T> Table<T> {
    /// Notes `value` for `node`, replacing what was there.
    pub fn set(&mut self, node: NodeId, value: T) {
        let at = node.0 as usize;
        if at >= self.rows.len() {
            self.rows.resize_with(at + 1, || None);
        }
        self.rows[at] = Some(value);
    }

    /// What is noted for `node`.
    #[must_use]
    pub fn get(&self, node: NodeId) -> Option<&T> {
        self.rows.get(node.0 as usize).and_then(Option::as_ref)
    }
}
