package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    @Test
    void a_misspelt_name_finds_the_one_that_was_meant() {
        assertThat(NearestName.to("priorty", List.of("persona_id", "priority", "enabled")))
                .contains("priority");
    }

    @Test
    void a_name_that_was_cut_short_finds_the_whole_one() {
        assertThat(NearestName.to("cpu.gov", List.of("cpu.max", "cpu.governor")))
                .contains("cpu.governor");
    }

    @Test
    void the_first_of_several_that_are_as_near_is_taken() {
        assertThat(NearestName.to("cat", List.of("car", "can"))).contains("car");
    }

    @Test
    void a_name_that_resembles_nothing_finds_nothing() {
        assertThat(NearestName.to("colour", List.of("persona_id", "priority"))).isEmpty();
    }

    @Test
    void a_name_of_absurd_length_is_not_compared_at_all() {
        assertThat(NearestName.to("x".repeat(10_000), List.of("x".repeat(9_999))))
                .isEmpty();
    }
}
