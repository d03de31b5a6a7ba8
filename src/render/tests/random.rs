use super::*;

/// Pieces that texts are made of: every kind of line break, of character and of nonsense.
const PIECES: &[&[u8]] = &[
    b"a",
    b" ",
    b"\t",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\x1b[31m",
    b"\xff",
    b"\xc3",
    b"\x80\x80\x80\x80",
    b"\xf0\x9f",
    "é".as_bytes(),
    "漢".as_bytes(),
    "👩‍👩‍👧".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{301}".as_bytes(),
    b"\xef\xbb\xbf",
    b"password: hunter2",
    b"https://u:p@h/",
    b"key: \"value\"",
    b"-----BEGIN PRIVATE KEY-----",
    b"::error::",
    b"##[error]",
    b"%0A",
];

struct Noise(u64);

impl Noise {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }

    fn text(&mut self) -> Vec<u8> {
        let (pieces, repeat) = (self.below(12), if self.below(20) == 0 { 80 } else { 3 });
        (0..pieces).flat_map(|_| PIECES[self.below(PIECES.len())].repeat(1 + self.below(repeat))).collect()
    }

    /// Mostly inside the text, sometimes beyond it or the wrong way round.
    fn span(&mut self, length: usize) -> Span {
        let start = self.below(length + 3);
        match self.below(6) {
            0 => Span { start: u32::try_from(start).unwrap(), end: 0 },
            1 => Span::new(start, start),
            2 => Span { start: u32::MAX - 1, end: u32::MAX },
            3 => Span::new(start, start + self.below(2_000)),
            _ => Span::new(start, start + self.below(9)),
        }
    }
}

/// Any text, any span: no panic, nothing that a terminal obeys, no more than a few lines.
#[test]
fn any_text_with_any_spans_is_drawn() {
    let mut noise = Noise(20_261_121);
    let mut drawn = 0;
    for case in 0..10_000 {
        let mut store = Store::default();
        let texts = [noise.text(), noise.text()];
        let sources = [store.add("a.yml", &texts[0]), store.add("b.yml", &texts[1])];
        let labels: Vec<Label> = (0..1 + noise.below(4))
            .map(|_| {
                let which = noise.below(2);
                let mut label = label(&sources[which], noise.span(texts[which].len()));
                if noise.below(2) == 0 {
                    label.message = Some(Message::plain("here"));
                }
                label
            })
            .collect();
        let marks = labels.len();
        let mut report = report(vec![finding("a/b", labels)]);
        if noise.below(3) == 0 {
            report.secrets = vec![origin(&sources[0], noise.span(texts[0].len()))];
        }
        if case % 8 == 0 {
            text(&report, &store, &Style { color: true, ..Style::default() });
        }
        let plain = text(&report, &store, &Style::default());
        drawn += plain.matches("╭─[").count();
        let bad = plain.chars().find(|c| crate::source::is_unprintable(*c) && *c != '\n');
        assert_eq!(bad, None, "case {case}: {texts:?}\n{plain}");
        assert!(plain.lines().count() <= 20 + 14 * marks, "case {case}: {plain}");
        assert!(plain.contains("fails"), "case {case}: {plain}");
        let value: serde_json::Value = serde_json::from_str(&json(&report, &store)).unwrap();
        assert!(value["findings"][0]["location"]["start"]["line"].as_u64().unwrap() > 0);
        let annotated = github(&report, &store, &Style::default());
        assert_eq!(github::commands(&annotated).len(), 1, "case {case}: {annotated}");
    }
    assert!(drawn > 5_000, "only {drawn} pictures: the texts are too often nothing to show");
}

/// Every word for a mark is found somewhere: miette loses none of them.
#[test]
fn no_words_of_a_label_are_lost() {
    let mut noise = Noise(7);
    for _ in 0..1_000 {
        let mut store = Store::default();
        let bytes = b"one: 1\ntwo: 2\nthree: 3\n\nfour: 4\nfive: 5\nsix: 6\nseven: 7\neight: 8\nnine: 9";
        let source = store.add("a.yml", bytes);
        let labels: Vec<Label> = (0..4)
            .map(|n| label(&source, noise.span(bytes.len())).saying(Message::plain(format!("words-{n}"))))
            .filter(|label| label.span != Span::default())
            .collect();
        let count = labels.len();
        let shown = text(&report(vec![finding("a/b", labels)]), &store, &Style::default());
        assert_eq!(shown.matches("words-").count(), count, "{shown}");
    }
}
