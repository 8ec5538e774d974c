package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionTest {

    @ParameterizedTest
    @ValueSource(strings = {"\"3\"", "*", " * ", "\"2\", \"3\"", "\"2\",\"3\"", "W/\"9\", \"3\"", "\"a,b\",\"3\""})
    void if_match_names_the_revision(String header) {
        assertThat(Revision.ifMatch(header, true).matches(3)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"2\"", "W/\"3\"", "\"33\"", "\"\"", "\"2\", \"4\""})
    void if_match_names_another_revision(String header) {
        assertThat(Revision.ifMatch(header, true).matches(3)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "\"3", "\"3\" \"4\"", "", "*, \"3\"", "'3'"})
    void if_match_that_is_no_list_of_tags_is_refused(String header) {
        assertThatThrownBy(() -> Revision.ifMatch(header, false))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void no_if_match_means_any_revision_unless_it_is_required() {
        assertThat(Revision.ifMatch(null, false).matches(3)).isTrue();
        assertThatThrownBy(() -> Revision.ifMatch(null, true))
                .isInstanceOfSatisfying(
                        PolicyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REVISION_REQUIRED));
    }

    @Test
    void a_mismatch_names_the_thing_and_the_remedy() {
        Revision.Expected expected = Revision.ifMatch("\"2\"", false);

        assertThatCode(() -> expected.verify("persona `night`", 2)).doesNotThrowAnyException();
        assertThatThrownBy(() -> expected.verify("persona `night`", 3))
                .hasMessage("persona `night` is at revision 3, which `If-Match` doesn't name; read it again");
    }

    @Test
    void if_none_match_compares_weakly() {
        assertThat(Revision.isKnown("W/\"3\"", 3)).isTrue();
        assertThat(Revision.isKnown("\"2\", \"3\"", 3)).isTrue();
        assertThat(Revision.isKnown("*", 3)).isTrue();
        assertThat(Revision.isKnown("\"2\"", 3)).isFalse();
        assertThat(Revision.isKnown(null, 3)).isFalse();
    }
}
