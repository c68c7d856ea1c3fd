//! Chat templates that would run for minutes or take all memory are refused; those that models bring
//! are not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod small_model;

use small_model::{header, vocabulary};
use weir_llm::chat::{ChatTemplate, Message, Role, TemplateError};
use weir_llm::tokenizer::Tokenizer;

fn with(template: &str) -> ChatTemplate {
    let gguf = header(&vocabulary().text("tokenizer.chat_template", template));
    let tokenizer = Tokenizer::from_gguf(&gguf).unwrap();
    ChatTemplate::from_gguf(&gguf, &tokenizer).unwrap()
}

fn written(template: &str, dialogue: &[Message]) -> String {
    let template = with(template);
    assert_eq!(template.problem(), None);
    template.text(dialogue, true).unwrap()
}

/// What one message says.
fn says(template: &str, content: &str) -> String {
    written(template, &[Message::new(Role::User, content)])
}

#[track_caller]
fn refusal(template: &str) -> TemplateError {
    with(template).problem().unwrap().clone()
}

#[test]
fn no_template_multiplies() {
    for bomb in [
        "{{ [1] * 1000000000 }}",
        "{{ 'a' * 10 ** 9 }}",
        "{% set x = messages[0].content %}{{ x * 99999999 }}",
        "{{ 5 in [1] * 1000000000 }}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(*range(99999)) }}",
    ] {
        let refused = refusal(bomb).to_string();
        assert!(refused.contains("cannot multiply"), "{bomb}: {refused}");
    }
}

#[test]
fn what_doubles_is_stopped_early() {
    // Each doubles or squares something in every round.
    for round in [
        "{% set ns.x = ns.x ~ ns.x %}",
        "{% set ns.x = ns.x + ns.x %}",
        "{% set ns.x = [ns.x, ns.x] %}",
        "{% set ns.x = {'a': ns.x, 'b': ns.x} %}",
        "{% set ns.x = dict(a=ns.x, b=ns.x) %}",
        "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}",
        "{% set ns.x = m(ns.x) %}",
        "{% set ns.x = [ns.x, ns.x] | join(ns.x) %}",
        "{% set ns.x = ns.x.join([ns.x, ns.x]) %}",
        "{% set ns.x = ns.x | replace('x', ns.x) %}",
        "{% set ns.x = ns.x.replace('', ns.x) %}",
        "{% set ns.x = [ns.x] | map('replace', 'x', ns.x ~ 'x') | join %}",
        "{% set ns.x = ns.x | list | map('default', ns.x) | list | string %}",
        "{% set ns.x = loop.cycle(ns.x ~ ns.x) %}",
    ] {
        let bomb = format!(
            "{{% macro m(x) %}}{{{{ x }}}}{{{{ x }}}}{{% endmacro %}}{{% set ns = namespace(x='xx') %}}\
             {{% for i in range(999) %}}{round}{{% endfor %}}{{{{ messages[0].content }}}}"
        );
        assert_eq!(refusal(&bomb), TemplateError::TooLong, "{round}");
    }
    let lists = "{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}\
        {% endfor %}{{ ns.x | length }}{{ messages[0].content }}";
    assert_eq!(refusal(lists), TemplateError::TooLong);
}

#[test]
fn what_writes_or_reads_too_much_is_stopped() {
    let text = "x".repeat(30_000);
    for bomb in [
        "{% set y %}{% for i in range(99999) %}TEXT{% endfor %}{% endset %}{{ y | length }}",
        "{% for i in range(99999) %}TEXT{% endfor %}",
        "{% for i in range(99999) %}{% if x == y %}{% endif %}{% endfor %}",
        "{% for i in range(99999) %}{% if 'y' in x %}{% endif %}{% endfor %}",
        "{% for i in range(99999) %}{% set z = x | upper %}{% endfor %}",
        "{% for i in range(99999) %}{% set z = x.strip('x') %}{% endfor %}",
        "{% for i in range(99999) %}{% set z = x[::-1] %}{% endfor %}",
        "{% for i in range(99999) %}{% set z = x[29999] %}{% endfor %}",
        "{% for i in range(99999) %}{% if x is lower %}{% endif %}{% endfor %}",
        "{{ range(99999) | select('in', x) | list | length }}",
        "{{ x | list | select('in', x) | list | length }}",
        "{{ range(99999) | join(x) }}",
        "{{ x | trim(x) }}",
    ] {
        let twins =
            "{% set x %}TEXT{% endset %}{% set y %}TEXT{% endset %}{{ messages[0].content }}";
        let bomb = format!("{twins}{bomb}").replace(
            "TEXT",
            if bomb.contains("TEXT") {
                &text[..9_999]
            } else {
                &text
            },
        );
        let stopped = with(&bomb).problem().cloned();
        assert_eq!(
            stopped,
            Some(TemplateError::TooLong),
            "{}",
            bomb.replace(&text, "TEXT")
        );
    }
}

#[test]
fn values_cannot_be_nested_without_end() {
    for round in [
        "{% set ns.x = [ns.x] %}",
        "{% set ns.x = {'x': ns.x} %}",
        "{% set ns.x = dict(x=ns.x) %}",
    ] {
        let bomb = format!(
            "{{% set ns = namespace(x=1) %}}{{% for i in range(99999) %}}{round}{{% endfor %}}"
        );
        assert_eq!(refusal(&bomb), TemplateError::TooLong, "{round}");
    }
    for ring in [
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{% set ns = namespace() %}{% set ns.x = [{'a': ns}] %}{{ ns }}",
        "{% set ns = namespace() %}{% set f = namespace %}{% set ns.x = f(y=namespace()) %}",
    ] {
        let refused = refusal(ring).to_string();
        assert!(refused.contains("namespace cannot be kept"), "{refused}");
    }
    // These go on and on, but nothing gets deeper.
    for lazy in [
        "ns.x | reverse",
        "ns.x[0:]",
        "ns.x | map('string')",
        "ns.x | list",
    ] {
        let template = format!(
            "{{% set ns = namespace(x=[1, 2]) %}}{{% for i in range(20000) %}}\
             {{% set ns.x = {lazy} %}}{{% endfor %}}{{{{ ns.x | join }}}}{{{{ messages[0].content }}}}"
        );
        assert!(says(&template, "!").ends_with("!"), "{lazy}");
    }
}

#[test]
fn templates_that_would_exhaust_the_compiler_are_refused() {
    let sum = format!("{{{{ messages[0].content{} }}}}", " ~ 1".repeat(16_000));
    let choices = format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(5_000));
    for deep in [sum, choices] {
        assert!(refusal(&deep).to_string().contains("too complex"));
    }
}

#[test]
fn what_the_engine_itself_does_not_survive_is_harmless() {
    assert_eq!(
        says("{{ ''[::-1] }}{{ [][::-1] }}{{ messages[0].content }}", "x"),
        "[]x"
    );
    assert_eq!(
        says("{{ 'abc'[1:5:-1] }}{{ messages[0].content }}", "x"),
        "x"
    );
    for broken in [
        "{{ 'abc'.count('') }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ [1] | batch(999999999, 0) | list }}",
        "{{ 'x' | indent(999999999) }}",
        "{{ range(-9223372036854775807, 9223372036854775807, 9) | list }}",
        "{{ debug() }}",
        "{% block a %}x{% endblock %}",
    ] {
        assert!(
            matches!(refusal(broken), TemplateError::Broken(_)),
            "{broken}"
        );
    }
}

#[test]
fn slices_are_those_of_python() {
    for (slice, expected) in [
        ("[1:3]", "bc"),
        ("[:-1]", "abcd"),
        ("[-2:]", "de"),
        ("[::2]", "ace"),
        ("[::-1]", "edcba"),
        ("[3:0:-1]", "dcb"),
        ("[9:1:-2]", "ec"),
        ("[-2::-1]", "dcba"),
        ("[:-3:-1]", "ed"),
        ("[4:2]", ""),
        ("[-99:99]", "abcde"),
        ("[:9223372036854775807:9223372036854775807]", "a"),
    ] {
        let template =
            format!("{{{{ messages[0].content{slice} }}}}|{{{{ messages[0].content }}}}");
        let text = says(&template, "abcde");
        assert_eq!(text, format!("{expected}|abcde"), "{slice}");
    }
}

/// A dialogue of three messages.
fn dialogue() -> [Message; 3] {
    [
        Message::new(Role::User, " Hi "),
        Message::new(Role::Assistant, "Hello"),
        Message::new(Role::User, "Bye"),
    ]
}

#[test]
fn the_ways_in_which_models_write_dialogues_work() {
    let headers = "{% set loop_messages = messages %}{% for message in loop_messages %}\
        {% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + \
        message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}\
        {% set content = eos_token + content %}{% endif %}{{ content }}{% endfor %}\
        {% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";
    let turn = |role, text| format!("<|start_header_id|>{role}<|end_header_id|>\n\n{text}");
    assert_eq!(
        written(headers, &dialogue()),
        [
            "<|im_end|>".to_owned(),
            turn("user", "Hi<|eot_id|>"),
            turn("assistant", "Hello<|eot_id|>"),
            turn("user", "Bye<|eot_id|>"),
            turn("assistant", ""),
        ]
        .concat()
    );

    let brackets = "{%- if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}\
        {% set rest = messages[1:] %}{% else %}{% set rest = messages %}{% endif %}\
        {%- set users = rest | selectattr('role', 'equalto', 'user') | list -%}\
        {%- for message in rest %}\
        {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\
        {{- raise_exception('roles must alternate') }}{% endif %}\
        {%- if message['role'] == 'user' %}{% if loop.last and system is defined %}\
        {{- '[INST] ' + system + '\n\n' + message['content'] + '[/INST]' }}{% else %}\
        {{- '[INST] ' + message['content'] + '[/INST]' }}{% endif %}\
        {%- else %}{{- ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}{{ users | length }}";
    let mut with_system = vec![Message::new(Role::System, "Be kind.")];
    with_system.extend(dialogue());
    let text = written(brackets, &with_system);
    assert_eq!(
        text,
        "[INST]  Hi [/INST] Hello<|im_end|>[INST] Be kind.\n\nBye[/INST]2"
    );

    let renamed = "{{ bos_token }}{% for message in messages %}\
        {% set role = 'model' if message['role'] == 'assistant' else message['role'] %}\
        {{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}\
        {% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}";
    let text = written(renamed, &dialogue());
    assert!(
        text.ends_with("Bye<end_of_turn>\n<start_of_turn>model\n"),
        "{text}"
    );

    // Looks for the last question from behind, and drops thoughts from answers.
    let thoughts = "{%- set ns = namespace(last=messages | length - 1, found=false) %}\
        {%- for message in messages[::-1] %}{% set index = (messages | length - 1) - loop.index0 %}\
        {%- if not ns.found and message.role == 'user' and message.content is string and \
        not (message.content.startswith('<tool>') and message.content.endswith('</tool>')) %}\
        {%- set ns.found = true %}{% set ns.last = index %}{% endif %}{% endfor %}\
        {%- macro write(role, text) %}<|im_start|>{{ role }}\n{{ text }}<|im_end|>\n{% endmacro %}\
        {%- for message in messages %}{% set content = message.content %}\
        {%- if '</think>' in content %}\
        {%- set content = content.split('</think>')[-1].lstrip('\n') %}{% endif %}\
        {{- write(message.role, content) }}{% endfor %}{{ ns.last }}";
    let mut thinking = dialogue();
    thinking[1].content = "<think>Hm</think>\nHello".to_owned();
    let text = written(thoughts, &thinking);
    assert!(text.contains("assistant\nHello<|im_end|>"), "{text}");
    assert!(text.ends_with('2'), "{text}");

    let tools = "{%- if tools %}{{- tools | map(attribute='name') | join(', ') }}{% endif %}\
        {%- for key, value in messages[0].items() %}{{ key ~ '=' ~ value ~ ';' }}{% endfor %}\
        {{- messages | map(attribute='role') | join('/') }}{{ [1, 2] + [3] }}\
        {%- filter upper %}{{ messages[-1].content }}{% endfilter %}";
    let text = written(tools, &dialogue());
    assert_eq!(
        text,
        "role=user;content= Hi ;user/assistant/user[1, 2, 3]BYE"
    );
}

#[test]
fn a_long_dialogue_is_no_bomb() {
    let template = "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}\
        {{ raise_exception('alternate') }}{% endif %}{% set content = m.content.split('</think>')[-1] %}\
        {% if not loop.last and messages[loop.index0 + 1].role == m.role %}!{% endif %}\
        {{ '<|im_start|>' + m.role + '\n' + content | trim + '<|im_end|>\n' }}\
        {% if messages | length == loop.index %}{{ messages | last is mapping }}{% endif %}{% endfor %}";
    let turns = |index| match index % 2 {
        0 => Message::new(Role::User, "a question of some length ".repeat(20)),
        _ => Message::new(
            Role::Assistant,
            "an answer that goes on for a while ".repeat(20),
        ),
    };
    let long: Vec<Message> = (0..1000).map(turns).collect();
    assert!(written(template, &long).len() > 600_000);
}
