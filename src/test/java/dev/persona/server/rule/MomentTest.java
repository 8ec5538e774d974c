package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MomentTest {
    private static final Instant AT = Instant.parse("2026-03-02T08:00:00Z");

    private final Moment moment = new Moment(AT);

    @Test
    void seconds_have_passed_at_their_very_end() {
        assertThat(moment.hasPassed(AT.minusSeconds(10), 10)).isTrue();
        assertThat(moment.hasPassed(AT.minusSeconds(10).plusNanos(1), 10)).isFalse();
        assertThat(moment.hasPassed(AT.minusNanos(1_500_001_000), 1.500001)).isTrue();
        assertThat(moment.hasPassed(AT.minusNanos(1_500_000_999), 1.500001)).isFalse();
    }

    @Test
    void ages_count_from_one_second_on() {
        for (double seconds : new double[] {1, 0.5, 0, -1e300}) {
            assertThat(moment.hasPassed(AT.minusSeconds(1), seconds)).isTrue();
            assertThat(moment.hasPassed(AT.minusSeconds(1).plusNanos(1), seconds))
                    .isFalse();
        }
    }

    @Test
    void the_first_answer_that_will_be_another_is_remembered() {
        moment.hasCome(AT);
        moment.hasCome(AT.minusSeconds(1));
        assertThat(moment.next()).isEmpty();

        moment.hasCome(AT.plusSeconds(5));
        moment.hasPassed(AT, 3);
        moment.hasCome(AT.plusSeconds(4));
        assertThat(moment.next()).contains(AT.plusSeconds(3));
    }
}
