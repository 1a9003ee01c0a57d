//! Lists in plain text.

use super::{all_read, all_refused};

#[test]
fn bullets_and_lines_are_read() {
    let abc = r#"["a","b","c"]"#;
    all_read(&[
        ("[text]", "- a\n- b\n- c", abc),
        ("[text]", "* a\n* b\n* c", abc),
        ("[text]", "• a\n• b\n• c", abc),
        ("[text]", "1. a\n2. b\n3. c", abc),
        ("[text]", "1) a\n2) b\n3) c", abc),
        ("[text]", "  - a\n  - b\n  - c\n", abc),
        ("[text]", "Here are three:\n\n- a\n- b\n- c\n\nHope this helps!", abc),
        ("[text]", "1. a\n\n2. b\n\n3. c", abc),
        ("[text]", "```\n- a\n- b\n- c\n```", abc),
        ("[text]", "- only", r#"["only"]"#),
        ("[text]", "- a long\n  story\n- b", r#"["a long\nstory","b"]"#),
        ("[text]", "- a\n  - inner\n- b", r#"["a\n- inner","b"]"#),
        ("[text]", "- I can't stop. Really.\n- b", r#"["I can't stop. Really.","b"]"#),
        ("[text; 3]", "a\nb\nc", abc),
        ("[text; 3]", "a, b, c", abc),
        ("[text]", "Tides", r#"["Tides"]"#),
        ("[text]", "\"Tides\"", r#"["Tides"]"#),
        ("[text; 1]", "a, b", r#"["a, b"]"#),
        ("[int]", "1, 2, 3", "[1,2,3]"),
        ("[int]", "1\n2\n3", "[1,2,3]"),
        ("[int]", "- 1\n- 2", "[1,2]"),
        ("[int]", "7", "[7]"),
        ("[number]", "0.5; 1.5", "[0.5,1.5]"),
        (r#"["calm" | "angry"]"#, "calm, angry", r#"["calm","angry"]"#),
        (r#"["calm" | "angry"]"#, "Calm", r#"["calm"]"#),
        (r#"["calm" | "angry"]"#, "The moods are: calm, angry.", r#"["calm","angry"]"#),
        (r#"["calm" | "angry"]"#, "- **Calm**\n- Angry", r#"["calm","angry"]"#),
        ("[date]", "- 5 January 2026\n- 2026-01-06", r#"["2026-01-05","2026-01-06"]"#),
        ("[bool; 2]", "yes\nno", "[true,false]"),
        ("[text]?", "- a", r#"["a"]"#),
    ]);
    all_refused(&[
        ("[text]", "Pros:\n- a\n\nCons:\n- b", "several lists"),
        ("[text]", "a, b, c", "more than one"),
        ("[text]", "a\nb\nc", "more than one"),
        ("[text]", "I can not do that.", ""),
        ("[int]", "1,200", "more than one"),
        ("[int]", "- 1\n- many", "item 2 must be `int`"),
        ("[text; ..2]", "- a\n- b\n- c", "must have at most 2 items, but has 3"),
        ("[I{t: text}]", "- a\n- b", ""),
    ]);
}
