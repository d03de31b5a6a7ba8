use super::*;

/// The text as a snippet shows it.
fn starred(text: &str) -> String {
    let found = whole(text.as_bytes()).unwrap();
    assert_eq!(found, around(text.as_bytes(), 0..text.len()));
    let is_masked = |at: usize| found.iter().any(|range| range.contains(&at));
    text.char_indices().map(|(at, c)| if is_masked(at) && !c.is_whitespace() { '*' } else { c }).collect()
}

/// Token-shaped texts never stand in this repository as such.
fn token(prefix: &str, length: usize) -> String {
    let body = "aB3dE6gH9jK2mN5pQ8sT1vW4";
    prefix.chars().chain(body.chars().cycle().take(length)).collect()
}

#[test]
fn only_long_credentials_show_anything() {
    assert_eq!(shown_secret("hunter2"), "7 characters");
    assert_eq!(shown_secret("123456789012345"), "15 characters");
    assert_eq!(shown_secret("1234567890123456"), "1234…");
    assert_eq!(shown_secret(""), "0 characters");
}

#[test]
fn user_info_is_cut_and_the_host_stays() {
    assert_eq!(value("postgres://app:hunter2@db:5432/x"), "postgres://***@db:5432/x");
    assert_eq!(value("amqp://u:p/a#ss@mq/v and http://h/p?x=a@b"), "amqp://***@mq/v and http://h/p?x=a@b");
    assert_eq!(value("https://host:8443/a@b"), "https://host:8443/a@b");
    assert_eq!(value("https://host/"), "https://host/");
    assert_eq!(starred("url: postgres://app:hunter2@db/x"), "url: postgres://***********@db/x");
}

#[test]
fn values_beside_names_of_credentials() {
    for (text, shown) in [
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=*******"),
        ("      - DB_PASSWORD=hunter2 and more", "      - DB_PASSWORD=******* *** ****"),
        ("password: 'it''s'", "password: '**''s'"),
        ("  \"clientSecret\": \"x\\\"y\", \"a\": 1", "  \"clientSecret\": \"****\", \"a\": 1"),
        ("{user: app, password: hunter2, a: b}", "{user: app, password: *******, a: b}"),
        ("run --user=a --password=hunter2 --x", "run --user=a --password=******* --x"),
        ("run --password hunter2 --x", "run --password ******* --x"),
        ("[\"--password\", \"hunter2\", \"--x\"]", "[\"--password\", \"*******\", \"--x\"]"),
        ("http://h/?token=abc&x=1", "http://h/?token=***&x=1"),
        ("POSTGRES_PASSWORD: ${PW:-hunter2}", "POSTGRES_PASSWORD: ${PW:-*******}"),
        ("- name: DB_PASSWORD\n  value: hunter2", "- name: DB_PASSWORD\n  value: *******"),
        ("DbPassword:\n  Type: String\n  Default: hunter2", "DbPassword:\n  Type: String\n  Default: *******"),
        ("{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"}", "{\"name\":\"DB_PASSWORD\",\"value\":\"*******\"}"),
    ] {
        assert_eq!(starred(text), shown);
    }
}

#[test]
fn what_is_no_credential_stays() {
    for text in [
        "POSTGRES_PASSWORD: ${PW}",
        "POSTGRES_PASSWORD: $PW",
        "password: !Ref DbPassword",
        "secretName: db-credentials",
        "passwordFile: /run/secrets/db",
        "automountServiceAccountToken: false",
        "image: nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "name: MyVeryLongFunctionNameForTheCheckoutService",
        "Ref: BackendFunctionServiceRoleDefaultPolicy7D2A91B4",
        "- name: DB_HOST\n  value: db",
        "secrets:\n  - db",
        "a: 1\nb: 2",
        "",
    ] {
        assert_eq!(starred(text), text);
    }
}

#[test]
fn shapes_of_tokens_and_armoured_keys() {
    for text in [token("AKIA", 16).to_uppercase(), token("ghp_", 36), token("sk_live_", 24), token("", 40)] {
        let shown = starred(&format!("x: [{text}]"));
        assert_eq!(shown, format!("x: [{}]", "*".repeat(text.len())));
        assert!(!value(&format!("called with {text}")).contains(&text[4..]));
    }
    let begin = format!("-----{} {} KEY-----", "BEGIN", "PRIVATE");
    let end = format!("-----{} {} KEY-----", "END", "PRIVATE");
    assert_eq!(starred(&format!("{begin}\n  MIIabc\n{end}\nx: 1")), format!("{begin}\n  ******\n{end}\nx: 1"));
    assert_eq!(starred(&format!("k: \"{begin}\\nMII\\n{end}\"")), format!("k: \"{begin}*******{end}\""));
    let only_the_middle = format!("{begin}\nMIIabc\nMIIdef\n{end}");
    let second = only_the_middle.find("MIIdef").unwrap();
    let found = around(only_the_middle.as_bytes(), second..second + 6);
    assert!(found.iter().any(|range| range.contains(&second)));
}

#[test]
fn any_bytes_any_window() {
    let mut state = 7_u64;
    let mut next = move |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % most
    };
    let pieces: &[&[u8]] = &[
        b"password",
        b"=",
        b":",
        b"\"",
        b"\\",
        b"://",
        b"@",
        b"${",
        b"}",
        b"-",
        b"--token",
        b"\n",
        b" ",
        "é".as_bytes(),
        b"\xff",
        b"-----BEGIN ",
        b"-----",
        b"-----END",
        b"value",
        b"name",
        b"`",
        b"\r",
        b"x",
        b"\0",
    ];
    for _ in 0..3_000 {
        let bytes: Vec<u8> = (0..next(30)).flat_map(|_| pieces[next(pieces.len())].to_vec()).collect();
        let (a, b) = (next(bytes.len() + 1), next(bytes.len() + 1));
        around(&bytes, a.min(b)..a.max(b));
        whole(&bytes).unwrap();
        let _ = value(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn time_grows_with_the_length_only() {
    let start = std::time::Instant::now();
    for piece in ["a=", "://", "password=", "value=", "name: ", "--token ", "-----BEGIN ", "\"", "password: \"\\"] {
        let line = piece.repeat(12_000 / piece.len());
        let text = format!("{line}\n").repeat(20);
        whole(text.as_bytes()).unwrap();
    }
    // Unoptimised, on a busy machine; what is quadratic takes minutes.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
