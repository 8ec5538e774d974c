package dev.persona.server.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleFailuresTest {
    private static final RulePass BAD = failing("bad");
    private static final RulePass WHOLE = failing("");
    private static final RulePass SILENT = RulePass.NOTHING;

    private final RuleFailures failures = new RuleFailures(3);

    @Test
    void three_failures_in_a_row_are_enough() {
        assertThat(note("i-1", BAD, BAD)).isEmpty();
        assertThat(note("i-1", BAD)).contains(BAD.failures().get(0));
    }

    @Test
    void a_rule_that_fires_well_begins_anew() {
        assertThat(note("i-1", BAD, BAD, fired("bad"), BAD, BAD)).isEmpty();
    }

    @Test
    void passes_without_the_rule_count_for_nothing() {
        assertThat(note("i-1", BAD, SILENT, BAD, fired("other"), BAD)).isPresent();
    }

    @Test
    void a_document_that_fails_as_a_whole_begins_anew_with_any_pass() {
        assertThat(note("i-1", WHOLE, WHOLE, SILENT, WHOLE, WHOLE)).isEmpty();
        assertThat(note("i-1", WHOLE)).isPresent();
    }

    @Test
    void other_instances_and_other_documents_have_nothing_to_do_with_it() {
        note("i-1", BAD, BAD);

        assertThat(note("i-2", BAD, fired("bad"), BAD)).isEmpty();
        assertThat(failures.enough("other", "i-1", BAD)).isEmpty();
        assertThat(note("i-1", BAD)).isPresent();
    }

    @Test
    void a_document_that_is_another_begins_anew() {
        note("i-1", BAD, BAD);
        failures.enough("other", "i-1", BAD);
        failures.enough("other", "i-1", BAD);

        failures.forget("document");

        assertThat(note("i-1", BAD, BAD)).isEmpty();
        assertThat(failures.enough("other", "i-1", BAD)).isPresent();
    }

    private Optional<RulePass.Failure> note(String instanceId, RulePass... passes) {
        Optional<RulePass.Failure> enough = Optional.empty();
        for (RulePass pass : passes) {
            enough = failures.enough("document", instanceId, pass);
        }
        return enough;
    }

    private static RulePass failing(String rule) {
        return new RulePass(
                List.of(),
                List.of(),
                rule.isEmpty() ? Set.of() : Set.of(rule),
                List.of(new RulePass.Failure("document", rule, "why")),
                0);
    }

    private static RulePass fired(String rule) {
        return new RulePass(List.of(), List.of(), Set.of(rule), List.of(), 0);
    }
}
