package dev.persona.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.persona.server.decision.Input;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.Faults;
import dev.persona.server.platform.JsonFields;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final Faults faults = new Faults();

    @Test
    void metrics_and_users_become_inputs_of_one_instant() throws IOException {
        Report report = read(
                "{'metrics': {'system.cpu.utilization': 0.9}, 'users': ['bob', {'name': 'alice', 'groups': ['dba']}]}");

        assertThat(faults.list()).isEmpty();
        assertThat(report.inputs())
                .containsExactly(
                        new Input.Metrics(Map.of("system.cpu.utilization", 0.9)),
                        new Input.Users(
                                Set.of(new Input.User("bob", Set.of()), new Input.User("alice", Set.of("dba")))));
    }

    @Test
    void users_that_were_not_measured_are_not_told() throws IOException {
        Report report = read("{'metrics': {}}");

        assertThat(report.users()).isEmpty();
        assertThat(report.inputs()).isEmpty();
    }

    @Test
    void what_is_no_finite_number_is_refused_by_name() throws IOException {
        read("{'metrics': {'a': 'NaN', 'b': null, 'c': 1e999, 'd e': 1}}");

        assertThat(faults.list())
                .containsExactlyInAnyOrder(
                        new Fault("/metrics/a", "metric `a` must be a finite number; leave it out if it is unknown"),
                        new Fault("/metrics/b", "metric `b` must be a finite number; leave it out if it is unknown"),
                        new Fault("/metrics/c", "metric `c` must be a finite number; leave it out if it is unknown"),
                        new Fault(
                                "/metrics/d e",
                                "metric `d e` must have a name of 1 to 255 characters without blanks, quotes and"
                                        + " backslashes"));
    }

    @Test
    void more_metrics_than_512_are_refused() {
        ObjectNode body = MAPPER.createObjectNode();
        ObjectNode metrics = body.putObject("metrics");
        for (int i = 0; i <= 512; i++) {
            metrics.put("m" + i, i);
        }

        Report.read(JsonFields.of(body, "", faults).orElseThrow());

        assertThat(faults.list()).containsExactly(new Fault("/metrics", "has 513 metrics; at most 512 are allowed"));
    }

    @Test
    void a_user_without_a_name_is_refused_with_its_place() throws IOException {
        read("{'metrics': {}, 'users': ['bob', {'groups': ['dba']}]}");

        assertThat(faults.list())
                .containsExactly(new Fault(
                        "/users/1", "must have a name of 1 to 256 characters, and at most 256 groups with such names"));
    }

    @Test
    void checked_reports_of_agents_obey_the_same_bounds() {
        Report report =
                Report.checked(Map.of("good", 1.0, "bad", Double.POSITIVE_INFINITY), Optional.of(List.of()), faults);

        assertThat(report.metrics()).containsOnlyKeys("good");
        assertThat(faults.list()).hasSize(1);
    }

    private Report read(String json) throws IOException {
        return Report.read(JsonFields.of(MAPPER.readTree(json.replace('\'', '"')), "", faults)
                .orElseThrow());
    }
}
