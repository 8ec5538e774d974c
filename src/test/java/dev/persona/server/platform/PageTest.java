package dev.persona.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    @Test
    void a_page_tells_the_key_after_which_the_next_begins() {
        PageRequest request = PageRequest.read("2", null);

        Page<String> page = Page.of(Stream.of("a", "b", "c"), request, Function.identity());

        assertThat(page).isEqualTo(new Page<>(List.of("a", "b"), Optional.of("b")));
    }

    @Test
    void the_last_page_tells_none() {
        PageRequest request = PageRequest.read("2", null);

        Page<String> page = Page.of(Stream.of("a", "b"), request, Function.identity());

        assertThat(page.next()).isEmpty();
    }

    @Test
    void a_cursor_gives_back_the_key_that_it_was_made_of() {
        String cursor = PageRequest.cursor("ü/?&=");

        assertThat(cursor).matches("[A-Za-z0-9_-]+");
        assertThat(PageRequest.read(null, cursor)).isEqualTo(new PageRequest(100, Optional.of("ü/?&=")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "501", "-1", "1.5", "many", "", "99999999999"})
    void a_limit_out_of_bounds_is_refused(String limit) {
        assertThatThrownBy(() -> PageRequest.read(limit, null))
                .hasMessage("query parameter `limit` must be a whole number from 1 to 500, but is `" + limit + "`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "!!", "YWZ0ZXI", "gICA"})
    void a_cursor_that_is_none_of_ours_is_refused(String cursor) {
        assertThatThrownBy(() -> PageRequest.read(null, cursor))
                .hasMessage("query parameter `cursor` must be that of a `Link` header, but is `" + cursor + "`");
    }
}
