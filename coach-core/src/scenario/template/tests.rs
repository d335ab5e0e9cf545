//! Tests of the template language.

use super::*;

fn values() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("child".to_owned(), Value::Text("Ada {{ x }}".to_owned())),
        ("mood".to_owned(), Value::Text("cold".to_owned())),
        ("none".to_owned(), Value::Text(String::new())),
        ("age".to_owned(), Value::Whole(7)),
        ("late".to_owned(), Value::Flag(true)),
    ])
}

fn rendered(source: &str) -> String {
    Template::parse(source).unwrap().render(&values()).unwrap()
}

fn refused(source: &str) -> String {
    let error = Template::parse(source).unwrap_err();
    format!("{}: {}", error.at, error.message)
}

#[test]
fn a_value_is_put_in_as_it_is() {
    assert_eq!(
        rendered("Dear {{child}}, {{ age }} and {{late}}."),
        "Dear Ada {{ x }}, 7 and true."
    );
}

#[test]
fn a_literal_is_not_parsed_as_a_template() {
    let literal = Template::literal("{{ child }} {% for %}");
    assert_eq!(literal.render(&BTreeMap::new()).unwrap(), "{{ child }} {% for %}");
}

#[test]
fn a_condition_selects_its_branch() {
    let source =
        "{% if mood == 'warm' %}W{% elif mood == \"cold\" and not none %}C{% else %}E{% endif %}";
    assert_eq!(rendered(source), "C");
    assert_eq!(rendered("{% if none or (late and age == 7.0) %}y{% endif %}"), "y");
    assert_eq!(rendered("{% if age != 7 %}y{% else %}n{% endif %}"), "n");
}

#[test]
fn a_tag_alone_on_its_line_leaves_no_empty_line() {
    let source = "One.\n  {% if late %}\nTwo.\n  {% endif %}\n{# a remark #}\nThree {{ age }}.\n";
    assert_eq!(rendered(source), "One.\nTwo.\nThree 7.\n");
}

#[test]
fn unknown_template_syntax_is_named() {
    assert_eq!(
        refused("Hi {% for c in child %}{{ c }}{% endfor %}"),
        "3: `{% for %}` is not part of scenario templates: only `{{ name }}` and `{% if name %}` are"
    );
    assert_eq!(
        refused("{% include 'x' %}"),
        "0: `{% include %}` is not part of scenario templates: only `{{ name }}` and `{% if name %}` are"
    );
    assert_eq!(
        refused("{{ child|upper }}"),
        "0: `{{ child|upper }}`: filters are not part of scenario templates"
    );
    assert_eq!(
        refused("{{ range(9) }}"),
        "0: `{{ range(9) }}`: only a variable's name is allowed here"
    );
    assert_eq!(refused("{% if child %}x"), "0: this `{% if %}` has no `{% endif %}`");
    assert_eq!(refused("x{% endif %}"), "1: `{% endif %}` without an `{% if %}`");
    assert_eq!(refused("ab {{ child"), "3: `{{` has no closing `}}`");
    assert_eq!(refused("{% if %}x{% endif %}"), "5: a variable's name is missing");
    assert_eq!(refused("{% if age == %}x{% endif %}"), "12: a variable's name is missing");
}

#[test]
fn variable_names_are_reported_with_their_positions() {
    let template = Template::parse("{{ child }}{% if  mood == 'x' %}{% endif %}").unwrap();
    assert_eq!(template.names().collect::<Vec<_>>(), [("child", 3), ("mood", 18)]);
}

#[test]
fn an_unknown_name_is_an_error_never_nothing() {
    let error = Template::parse("{{ chidl }}").unwrap().render(&values()).unwrap_err();
    assert_eq!(error, RenderError::Undefined("chidl".to_owned()));
}

#[test]
fn deep_and_long_templates_are_refused_or_cheap() {
    let ifs = "{% if late %}".repeat(10_000) + &"{% endif %}".repeat(10_000);
    assert!(refused(&ifs).contains("more than 16"));
    let parens =
        format!("{{% if {}late{} %}}{{% endif %}}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(refused(&parens).contains("too deeply nested"));
    let nots = format!("{{% if {}late %}}{{% endif %}}", "not ".repeat(10_000));
    assert!(refused(&nots).contains("too deeply nested"));
    let ands = format!("{{% if late{} %}}y{{% endif %}}", " and late".repeat(10_000));
    assert_eq!(rendered(&ands), "y");
    let big = BTreeMap::from([("child".to_owned(), Value::Text("x".repeat(10_000)))]);
    let much = Template::parse(&"{{ child }}".repeat(1000)).unwrap();
    assert_eq!(much.render(&big), Err(RenderError::TooLong));
}

#[test]
fn every_accepted_template_means_the_same_in_jinja() {
    let mut jinja = minijinja::Environment::empty();
    jinja.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    jinja.set_trim_blocks(true);
    jinja.set_lstrip_blocks(true);
    jinja.set_keep_trailing_newline(true);
    let context = BTreeMap::from([
        ("child", minijinja::Value::from("Ada {{ x }}")),
        ("mood", minijinja::Value::from("cold")),
        ("none", minijinja::Value::from("")),
        ("age", minijinja::Value::from(7)),
        ("late", minijinja::Value::from(true)),
    ]);
    for source in [
        "Dear {{child}}, {{ age }}.\n",
        "a {% if mood == 'warm' %}W{% elif not none and age != 8 %}C{% else %}E{% endif %} b",
        "One.\n  {% if late %}\nTwo.\n\n  {% endif %}\nThree {{ age }}.\n\n",
        "{% if none or (late and age == 7.0) %}\r\nyes\n{% endif %} \n{# remark #}\nend",
        "x{% if late %} {{ age }}{% if none %}n{% endif %}\n{% endif %}\n} }} %}",
    ] {
        assert_eq!(rendered(source), jinja.render_str(source, &context).unwrap(), "{source:?}");
    }
}
