#[test]
fn tmp() {
    let Ok(path) = std::env::var("F") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let blocks: Vec<String> = if text.contains("```score") {
        text.split("```score\n").skip(1).map(|b| b.split("```").next().unwrap().to_owned()).collect()
    } else { text.split("\n=====\n").map(str::to_owned).collect() };
    for b in blocks {
        let (map, p) = super::parsed(&b);
        println!("{}", crate::syntax::ast::show::show_file(&p.file));
        println!("{}", super::report(&map, &p));
        if p.incomplete { println!("INCOMPLETE"); }
    }
}
