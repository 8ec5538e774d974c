package dev.persona.server.instance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TagsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void a_value_may_be_a_string_or_an_array() throws IOException {
        Tags tags = read("{'site': 'fra', 'persona_group': ['linux', 'db', 'db']}", List.of());

        assertThat(tags.of("site")).containsExactly("fra");
        assertThat(tags.personaGroups()).containsExactly("db", "linux");
    }

    @Test
    void a_union_has_the_values_of_both_key_by_key() throws IOException {
        Tags agent = read("{'persona_group': ['db'], 'site': 'fra'}", List.of());
        Tags server = read("{'persona_group': ['web'], 'owner': 'ops'}", List.of());

        Tags union = agent.union(server);

        assertThat(MAPPER.writeValueAsString(union))
                .isEqualTo("{\"owner\":[\"ops\"],\"persona_group\":[\"db\",\"web\"],\"site\":[\"fra\"]}");
    }

    @Test
    void a_key_without_values_is_no_key() throws IOException {
        assertThat(read("{'persona_group': []}", List.of())).isEqualTo(Tags.NONE);
    }

    @Test
    void every_faulty_key_and_value_is_told() throws IOException {
        read(
                "{' ': 'x', 'a/b': 1, 'site': '', 'zone': ['a', 2]}",
                List.of(
                        new Fault(
                                "/ ",
                                "key ` ` must be 1 to 63 of letters, digits and `_ . : / -`, a letter or digit first"),
                        new Fault("/a~1b", "`a/b` must be an array, but is `1`"),
                        new Fault("/site", "`site` must have values of 1 to 253 characters"),
                        new Fault("/zone/1", "must be a string, but is `2`")));
    }

    @Test
    void what_is_no_object_has_no_tags() throws IOException {
        Faults faults = new Faults();

        assertThat(Tags.read(MAPPER.readTree("[]"), "/tags", faults)).isEmpty();
        assertThat(faults.list()).containsExactly(new Fault("/tags", "must be an object, but is an array"));
    }

    private static Tags read(String json, List<Fault> expected) throws IOException {
        Faults faults = new Faults();
        Tags tags =
                Tags.read(MAPPER.readTree(json.replace('\'', '"')), "", faults).orElseThrow();
        assertThat(faults.list()).isEqualTo(expected);
        return tags;
    }
}
