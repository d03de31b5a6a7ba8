#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

#[test]
fn strings_and_comments_do_not_count() {
    let deep = "(".repeat(2_000);
    assert_eq!(check(format!("x = '{deep}' # {deep}\n'''{deep}'''").as_bytes()), Ok(()));
    assert_eq!(check(format!("x = {deep}").as_bytes()), Err(TooDeep::Brackets));
    assert_eq!(check("f'{".repeat(1_500).as_bytes()), Err(TooDeep::Brackets));
    assert_eq!(check(format!("# x\r{deep}").as_bytes()), Err(TooDeep::Brackets));
    assert_eq!(check(format!("'x\\\r\ny' {deep}").as_bytes()), Err(TooDeep::Brackets));
}

#[test]
fn holes_of_formatted_strings_are_code() {
    let deep = "(".repeat(2_000);
    for start in ["f\"{'\"'}\" ", "f'{x!r:>{y}}' ", "rf'''{x:\n{y}''' ", "f'{{' ", "f'\\N{DASH}' ", "t'{lambda: 1}' "] {
        assert_eq!(check(format!("{start}{deep}").as_bytes()), Err(TooDeep::Brackets), "{start}");
        assert_eq!(check(format!("{start}# {deep}").as_bytes()), Ok(()), "{start}");
    }
}

#[test]
fn operators_count_per_statement_and_blocks_by_indentation() {
    assert_eq!(check("x = 1 + 2\n".repeat(9_000).as_bytes()), Ok(()));
    assert_eq!(check(format!("x = {}1", "-".repeat(6_000)).as_bytes()), Err(TooDeep::Operators));
    assert_eq!(check(format!("x = {}1", "lambda a, b: ".repeat(6_000)).as_bytes()), Err(TooDeep::Operators));
    assert_eq!(check(format!("x = [{}]", "lambda a, b: 1, ".repeat(6_000)).as_bytes()), Ok(()));
    let blocks: String = (0..150).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    assert_eq!(check(blocks.as_bytes()), Err(TooDeep::Blocks));
    assert_eq!(check(format!("x = [{}]", "(1, -2, a.b),\n".repeat(9_000)).as_bytes()), Ok(()));
}

#[test]
fn what_does_not_match_may_be_short_only() {
    for unit in ["(]", "f'{(]}' ", "'\n", "f'{\"\n", "1f'{x}' "] {
        assert_eq!(check(unit.repeat(100).as_bytes()), Ok(()), "{unit}");
        assert!(check(unit.repeat(UNMATCHED_BYTES).as_bytes()).is_err(), "{unit}");
    }
}

/// Deepest brackets as the parser's own lexer sees them; `None` when the text is not Python.
fn lexed(text: &str) -> Option<usize> {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let (mut open, mut deepest) = (0_usize, 0);
    for token in parsed.tokens() {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    parsed.errors().is_empty().then_some(deepest)
}

/// Pieces of strings and brackets in every order that a small generator comes to: where the parser finds Python, the
/// scanner sees the same brackets.
#[test]
fn the_scanner_sees_what_the_lexer_sees() {
    let pieces = [
        "f'",
        "f\"",
        "rf'''",
        "'",
        "\"",
        "'''",
        "{",
        "}",
        "{{",
        "}}",
        "(",
        ")",
        "[",
        "]",
        "x",
        " ",
        "\\",
        "\n",
        ":",
        "!r",
        "=",
        "lambda a: ",
        "# c",
        "+",
        "1",
        "\r",
        ", ",
        "\\N{DASH}",
        ">",
        "t\"",
        "é",
        "f'{x}'",
        "f\"{'a'}\"",
        "(x)",
    ];
    let (mut seed, mut valid) = (1_u64, 0);
    for _ in 0..60_000 {
        let mut text = String::new();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bits = seed >> 8;
        for _ in 0..2 + (seed >> 60) / 2 {
            text.push_str(pieces[usize::try_from(bits % pieces.len() as u64).unwrap()]);
            bits = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 5;
        }
        if let Some(deepest) = lexed(&text) {
            valid += 1;
            let mut scanner = Scanner::new(text.as_bytes());
            assert_eq!(scanner.scan(), Ok(true), "{text:?}");
            assert_eq!(scanner.deepest, deepest, "{text:?}");
        }
    }
    assert!(valid > 2_000, "{valid}");
}
