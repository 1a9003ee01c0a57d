//! Chosen cases.
