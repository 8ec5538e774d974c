package dev.persona.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.persona.server.rule.Policy;
import dev.persona.server.rule.RuleDocument;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Custom rules that look at ages and at one another decide the same whenever the machine is woken up, however the inputs
 * of one instant are ordered, and restarted in between. {@code -Dproperty.cases} and {@code -Dproperty.seed} ask for
 * other stories.
 */
class RuleTimePropertyTest {
    private static final int CASES = Integer.getInteger("property.cases", 300);
    private static final long SEED = Long.getLong("property.seed", 20_260_302L);

    private static final List<RuleDocument> RULES = List.of(
            RuleDocument.compile(
                    "ages",
                    """
            import dev.persona.server.rule.*
            global dev.persona.server.rule.Consequences consequences
            dialect "mvel"
            rule "young metric" when Metric(value > 0.5, reportedWithin(7)) then
                consequences.activate("p0", "a value is young");
            end
            rule "weight by age" when Activation(personaId == "p1", activeFor(12)) then
                consequences.set("cpu.weight", 77, 1000, "p1 is old");
            end
            rule "to and fro" when not Activation(personaId == "p2") then
                consequences.activate("p2", "it isn't active");
            end
            rule "after another" when Activation(personaId == "p0") not Metric(reportedWithin(20)) then
                consequences.activate("p3", "p0 is active in silence");
            end
            rule "by an event" when Event($type : type) not Activation(personaId == "p4", activeFor(1)) then
                consequences.activate("p4", $type);
            end
            rule "while a window is open" when Window(open, $id : personaId) then
                consequences.set("memory.high", "1GiB", 1000, $id);
            end
            """));

    @Test
    void custom_rules_decide_alike_whenever_they_are_asked() {
        long decisions = LongStream.range(SEED, SEED + CASES)
                .parallel()
                .map(RuleTimePropertyTest::compare)
                .sum();

        assertThat(decisions).isGreaterThan(10L * CASES);
    }

    private static int compare(long seed) {
        Story story = new RandomStory(new SplittableRandom(seed)).story();

        List<Decision> calm = InstanceMachinePropertyTest.run(story, RuleTimePropertyTest::policy, Optional.empty());
        List<Decision> disturbed =
                InstanceMachinePropertyTest.run(story, RuleTimePropertyTest::policy, Optional.of(new Random(seed)));

        assertThat(disturbed).as("-Dproperty.cases=1 -Dproperty.seed=%d", seed).isEqualTo(calm);
        return calm.size();
    }

    private static Policy policy(Story.Subject subject) {
        return Policy.compile(subject.groups(), subject.personas(), RULES);
    }
}
