# The commands of a working day. `just` lists them.

_default:
    @just --list

# Everything that is quick
test:
    cargo test

# The slow tests too
test-all:
    cargo test
    cargo test -- --ignored

# Style and lints
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Rewrite what the goldens expect
bless:
    SCORE_BLESS=1 cargo test --test golden

# Play an example with the embedded model
play name *args:
    cargo run --release -- run examples/{{name}}.score {{args}}
