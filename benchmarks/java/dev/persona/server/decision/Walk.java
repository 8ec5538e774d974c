package dev.persona.server.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.persona.server.persona.Persona;
import dev.persona.server.trigger.Trigger;
import dev.persona.server.trigger.Trigger.Threshold;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody would write who had no rule engine: at each report it walks the trigger trees of every persona, and
 * resolves the configuration anew if one has begun or ended.
 *
 * <p>Each threshold keeps its state in its node of the tree. It knows thresholds only, takes metrics for fresh for ever,
 * acts at reports and not in between, and explains nothing.
 */
final class Walk {
    private final List<Tree> personas;
    private final Map<String, Double> metrics = new HashMap<>();
    private Map<String, JsonNode> configuration = Map.of();

    /** @param personas that apply, in order of rank */
    Walk(List<Persona> personas) {
        this.personas = personas.stream().map(Tree::new).toList();
    }

    Map<String, JsonNode> report(Instant at, Map<String, Double> reported) {
        metrics.putAll(reported);
        boolean changed = false;
        for (Tree persona : personas) {
            changed |= persona.judge(at, metrics);
        }
        if (changed) {
            configuration = resolve();
        }
        return configuration;
    }

    private Map<String, JsonNode> resolve() {
        Map<String, JsonNode> resolved = new HashMap<>();
        for (Tree tree : personas) {
            if (tree.since != null) {
                tree.persona.configurationParameters().forEach(resolved::putIfAbsent);
            }
        }
        return resolved;
    }

    /** One persona, and how it stands. */
    private static final class Tree {
        private final Persona persona;
        private final Node activation;
        private final Node deactivation;
        private @Nullable Instant since;
        private @Nullable Instant ended;

        Tree(Persona persona) {
            this.persona = persona;
            this.activation = node(new Trigger.Any(persona.activationTriggers()));
            this.deactivation = node(new Trigger.Any(persona.deactivationTriggers()));
        }

        boolean judge(Instant at, Map<String, Double> metrics) {
            boolean begins = activation.holds(at, metrics);
            boolean ends = deactivation.holds(at, metrics);
            if (since == null) {
                if (begins && (ended == null || !at.isBefore(ended.plus(persona.cooldown())))) {
                    since = at;
                    return true;
                }
            } else if (!begins && ends && !at.isBefore(since.plus(persona.minimumActive()))) {
                since = null;
                ended = at;
                return true;
            }
            return false;
        }

        private static Node node(Trigger trigger) {
            if (trigger instanceof Threshold threshold) {
                return new Latch(threshold);
            }
            if (trigger instanceof Trigger.Not not) {
                Node inner = node(not.trigger());
                return (at, metrics) -> !inner.holds(at, metrics);
            }
            boolean any = trigger instanceof Trigger.Any;
            List<Trigger> triggers = any ? ((Trigger.Any) trigger).triggers() : ((Trigger.All) trigger).triggers();
            Node[] parts = triggers.stream().map(Tree::node).toArray(Node[]::new);
            return (at, metrics) -> {
                boolean holds = !any;
                for (Node part : parts) {
                    holds = any ? part.holds(at, metrics) | holds : part.holds(at, metrics) & holds;
                }
                return holds;
            };
        }
    }

    @FunctionalInterface
    private interface Node {
        boolean holds(Instant at, Map<String, Double> metrics);
    }

    private static final class Latch implements Node {
        private final Threshold threshold;
        private boolean latched;
        private @Nullable Instant waitingSince;

        Latch(Threshold threshold) {
            this.threshold = threshold;
        }

        @Override
        public boolean holds(Instant at, Map<String, Double> metrics) {
            Double value = metrics.get(threshold.metric());
            boolean turning = value != null
                    && (latched
                            ? !threshold.operator().test(value, threshold.clearValue())
                            : threshold.operator().test(value, threshold.value()));
            if (!turning) {
                waitingSince = null;
                return latched;
            }
            if (waitingSince == null) {
                waitingSince = at;
            }
            if (!at.isBefore(waitingSince.plus(latched ? threshold.clearFor() : threshold.heldFor()))) {
                latched = !latched;
                waitingSince = null;
            }
            return latched;
        }
    }
}
