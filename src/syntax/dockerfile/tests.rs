use super::*;

fn texts(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn instructions_and_their_bytes() {
    let text = "\u{feff}# syntax=docker/dockerfile:1\r\n# a comment\r\nARG V=20\r\nFROM --platform=linux/amd64 node:${V} AS build\r\nRUN npm ci && \\\r\n    # inside\r\n\r\n    npm run \"build it\"\r\nCOPY --from=build --chown=\"a:b\" [\"a b\", \"/x\"]\r\ncmd [\"node\",\"é.js\"]";
    let file = read(text);
    assert_eq!(file.problems, vec![]);
    let at = |span: Span| &text[span.range()];
    assert_eq!(file.directives[0].0, "syntax");
    assert_eq!(at(file.directives[0].1.span), "docker/dockerfile:1");
    let keywords: Vec<&str> = file.instructions.iter().map(|one| one.keyword.as_str()).collect();
    assert_eq!(keywords, ["ARG", "FROM", "RUN", "COPY", "CMD"]);
    let run = &file.instructions[2];
    assert_eq!(texts(&run.arguments), ["npm", "ci", "&&", "npm", "run", "build it"]);
    assert_eq!(at(run.arguments[5].span), "\"build it\"");
    assert_eq!(at(run.arguments[3].span), "npm");
    assert!(at(run.span).starts_with("RUN npm ci") && at(run.span).ends_with("it\""));
    let copy = &file.instructions[3];
    assert!(copy.is_json);
    assert_eq!(copy.flag("from").unwrap().text, "build");
    assert_eq!(copy.flag("chown").unwrap().text, "a:b");
    assert_eq!(at(copy.arguments[0].span), "\"a b\"");
    assert_eq!(texts(&file.instructions[4].arguments), ["node", "é.js"]);
    let comments: Vec<&str> = file.comments.iter().map(|comment| at(comment.span)).collect();
    assert_eq!(comments, ["# a comment", "# inside"]);
    let stages = file.stages();
    assert_eq!((stages.len(), stages[0].base.text.as_str()), (1, "node:${V}"));
    assert_eq!(stages[0].name.as_ref().unwrap().text, "build");
}

#[test]
fn continued_words_are_joined() {
    let file = read("FROM a\nENV A=b\\\nc D=\"e \\\nf\" \\\n  G='h i'\nENV OLD form of  it\n");
    assert_eq!(texts(&file.instructions[1].arguments), ["A=bc", "D=e f", "G=h i"]);
    let pairs = file.instructions[1].pairs();
    assert_eq!(pairs[1], ("D".into(), Some("e f".into()), pairs[1].2));
    assert_eq!(file.instructions[2].pairs()[0].1.as_deref(), Some("form of it"));
}

#[test]
fn the_escape_directive_holds() {
    let file = read("# escape=`\nFROM a\nCOPY x C:\\y\\\nRUN a `\n  b\n");
    assert_eq!(texts(&file.instructions[1].arguments), ["x", "C:\\y\\"]);
    assert_eq!(texts(&file.instructions[2].arguments), ["a", "b"]);
    let late = read("FROM a\n# escape=`\nRUN a \\\n b\n");
    assert_eq!((late.instructions.len(), late.directives.len()), (2, 0));
    assert_eq!(read("# x\n# escape=`\nRUN a `\nUSER b").instructions.len(), 2);
    // A doubled escape character continues nothing.
    assert_eq!(read("FROM a\nRUN b \\\\\nUSER c\n").instructions.len(), 3);
}

#[test]
fn here_documents_hold_what_looks_like_instructions() {
    let text = "FROM a\nRUN <<EOF\nUSER nobody\n# not a comment of ours\nEOF\n# after\nCOPY <<'A B' <<-C /d/\nx $y\nA B\n\tz\n\tC\nRUN cat <<E # <<F\nE\nRUN cat <<< here 5<<G\nG\nUSER root\n";
    let file = read(text);
    assert_eq!(file.problems, vec![]);
    let keywords: Vec<&str> = file.instructions.iter().map(|one| one.keyword.as_str()).collect();
    assert_eq!(keywords, ["FROM", "RUN", "COPY", "RUN", "RUN", "USER"]);
    let heredoc = &file.instructions[1].heredocs[0];
    assert_eq!(heredoc.text, "USER nobody\n# not a comment of ours\n");
    assert_eq!(&text[heredoc.span.range()], heredoc.text);
    assert!(heredoc.is_expanded);
    let copy = &file.instructions[2].heredocs;
    assert_eq!((copy[0].text.as_str(), copy[0].is_expanded), ("x $y\n", false));
    assert_eq!(copy[1].text, "z\n");
    assert_eq!(file.comments.len(), 1);
}

#[test]
fn on_build_and_health_checks() {
    let file =
        read("FROM a\nONBUILD RUN <<E\nx\nE\nHEALTHCHECK --interval=5s CMD [\"curl\", \"-f\"]\nHEALTHCHECK NONE\n");
    assert!(file.instructions[1].is_on_build);
    assert_eq!((file.instructions[1].keyword.as_str(), file.instructions[1].heredocs.len()), ("RUN", 1));
    let check = &file.instructions[2];
    assert_eq!((texts(&check.arguments), check.is_json), (vec!["CMD", "curl", "-f"], true));
    assert_eq!(check.flag("interval").unwrap().text, "5s");
    assert_eq!(texts(&file.instructions[3].arguments), ["NONE"]);
}

#[test]
fn trouble_has_a_place() {
    let text = "FROM a\nRUM x\nRUN <<E\nnever ends\n";
    let file = read(text);
    let places: Vec<&str> = file.problems.iter().map(|problem| &text[problem.span.range()]).collect();
    assert_eq!(places, ["RUM x", "never ends\n"]);
    assert_eq!(read("").problems.len(), 1);
    assert_eq!(read("# only\n").problems.len(), 1);
    // Not valid JSON: the shell form, as BuildKit has it.
    assert!(!read("FROM a\nCMD ['a', 'b']\n").instructions[1].is_json);
}

#[test]
fn hostile_forms_are_survived() {
    let whole = "\u{feff}# escape=`\nFROM --platform=\"x a` AS b\nONBUILD ONBUILD\nCMD [\"é\\ud800\", 'x'\nCOPY <<- <<\"\" <<A`\n\tA\nRUN a `\n#c\n";
    for end in (0..=whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        read(&whole[..end]);
    }
    let start = std::time::Instant::now();
    read(&"RUN a \\\n".repeat(100_000));
    read(&format!("RUN {}", "<<A ".repeat(20_000)));
    read(&format!("CMD {}", "[".repeat(100_000)));
    read(&format!("RUN {}", "x".repeat(2_000_000)));
    read(&"ONBUILD ".repeat(100_000));
    read("\\\n\\\n\\");
    println!("hostile forms in {:?}", start.elapsed());
}
