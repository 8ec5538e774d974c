package dev.persona.agent.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    @Test
    void growth_is_summed_over_devices() {
        Rates<Long> rates = new Rates<>(Map.of("a", 10L, "b", 100L), Map.of("a", 30L, "b", 200L), TWO_SECONDS);

        assertThat(rates.each(Long::longValue)).isEqualTo(Map.of("a", 10.0, "b", 50.0));
        assertThat(rates.total(Long::longValue)).hasValue(60);
        assertThat(rates.highest(Long::longValue)).hasValue(50);
    }

    @Test
    void a_device_that_came_went_or_was_reset_does_not_count() {
        Rates<Long> rates = new Rates<>(
                Map.of("stays", 10L, "went", 5L, "reset", 100L),
                Map.of("stays", 30L, "came", 1_000L, "reset", 1L),
                TWO_SECONDS);

        assertThat(rates.total(Long::longValue)).hasValue(10);
    }

    @Test
    void without_a_device_in_both_readings_there_is_no_rate() {
        assertThat(new Rates<Long>(Map.of(), Map.of("a", 1L), TWO_SECONDS).total(Long::longValue))
                .isEmpty();
        assertThat(new Rates<Long>(Map.of("a", 1L), Map.of(), TWO_SECONDS).highest(Long::longValue))
                .isEmpty();
    }

    @Test
    void without_time_between_the_readings_there_is_no_rate() {
        Rates<Long> rates = new Rates<>(Map.of("a", 1L), Map.of("a", 2L), Duration.ZERO);

        assertThat(rates.total(Long::longValue)).isEmpty();
    }
}
