package dev.persona.server.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "alice, alice,  true",
        "alice, alicia, false",
        "alice, Alice,  false",
        "alice, alic,   false",
        "alic,  alice,  false",
        "a?c,   abc,    true",
        "a?c,   ac,     false",
        "a?,    a,      false",
        "?,     '',     false",
        "*,     '',     true",
        "*,     abc,    true",
        "'',    '',     true",
        "'',    a,      false",
        "a*,    a,      true",
        "a**,   a,      true",
        "a*b,   ab,     true",
        "a*b,   aXbXb,  true",
        "a*b,   aXbX,   false",
        "*a*b,  xaxab,  true",
        "*ab,   aab,    true",
        "a*?,   a,      false",
        "a*?,   ab,     true",
        "a.c,   abc,    false",
        "[a],   a,      false"
    })
    void a_star_stands_for_any_characters_and_a_question_mark_for_one(String pattern, String text, boolean matches) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(matches);
    }
}
