package dev.persona.server.rule;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.kie.api.KieBase;
import org.kie.api.definition.rule.Rule;
import org.kie.api.event.rule.BeforeMatchFiredEvent;
import org.kie.api.event.rule.DefaultAgendaEventListener;
import org.kie.api.event.rule.MatchCreatedEvent;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.ConsequenceException;

/**
 * One text of custom rules, compiled.
 *
 * <p>It runs in a session of its own, within {@link RuleBounds}: a rule that throws loses its own consequences, a text
 * that goes out of bounds all of them, and nobody else any. A rule that carries {@code @persona("id")} runs only where
 * that persona applies.
 */
public final class RuleDocument {
    static final String GLOBAL = "consequences";

    private final String name;
    private final KieBase rules;
    private final RuleOutline outline;
    private final RuleBounds bounds;
    private final LongSupplier nanoseconds;
    private final SortedMap<String, Optional<String>> personas;

    /** @param nanoseconds what shows how long a pass takes */
    RuleDocument(String name, KieBase rules, RuleOutline outline, RuleBounds bounds, LongSupplier nanoseconds) {
        this.name = name;
        this.rules = rules;
        this.outline = outline;
        this.bounds = bounds;
        this.nanoseconds = nanoseconds;
        this.personas = personas(rules);
    }

    /** Compiles with the usual bounds. */
    public static RuleDocument compile(String name, String drl) {
        return compile(name, drl, RuleBounds.USUAL);
    }

    /**
     * Reviews and compiles DRL text.
     *
     * @throws PolicyException INVALID_DOCUMENT with everything in it that custom rules may not have, see
     *     {@link RuleReview}; else with every compile error
     */
    public static RuleDocument compile(String name, String drl, RuleBounds bounds) {
        RuleReview review = RuleReview.of(drl);
        if (review instanceof RuleReview.Refused refused) {
            throw refusal("rules `" + name + "` aren't permitted", refused.faults());
        }
        RuleReview.Permitted permitted = (RuleReview.Permitted) review;
        Engine.Compilation compilation = Engine.compile(permitted.tree());
        if (compilation instanceof Engine.Compilation.Refused refused) {
            throw refusal("rules `" + name + "` can't be compiled", refused.faults());
        }
        KieBase rules = ((Engine.Compilation.Compiled) compilation).rules();
        return new RuleDocument(name, rules, permitted.outline(), bounds, System::nanoTime);
    }

    private static PolicyException refusal(String message, List<RuleFault> faults) {
        return new PolicyException(
                ErrorCode.INVALID_DOCUMENT,
                message,
                faults.stream()
                        .map(fault -> new Fault("/drl", fault.toString()))
                        .toList());
    }

    public String name() {
        return name;
    }

    /** The names of its rules, in order. */
    public List<String> ruleNames() {
        return List.copyOf(personas.keySet());
    }

    /** What it says about personas that aren't among the known ones: the place, and what comes of it. */
    public List<String> unknownPersonas(Set<String> known) {
        Stream<String> limits = personas.entrySet().stream()
                .filter(rule ->
                        rule.getValue().filter(id -> !known.contains(id)).isPresent())
                .map(rule -> "rule `" + rule.getKey() + "` runs where persona `"
                        + rule.getValue().orElseThrow() + "` applies, and there is no such persona");
        return Stream.concat(outline.unknownPersonas(known).stream().map(RuleFault::toString), limits)
                .toList();
    }

    /** The types of facts that its rules look at, in order of name. */
    List<Class<?>> facts() {
        return outline.facts();
    }

    /** Whether one of its rules may have a say where these personas apply. */
    boolean concerns(Set<String> personaIds) {
        return personas.values().stream()
                .anyMatch(limit -> limit.map(personaIds::contains).orElse(true));
    }

    /** Runs the rules on facts; what fails is left out and reported. */
    RulePass run(RuleFacts facts) {
        List<Object> seen = new ArrayList<>();
        facts().forEach(type -> seen.addAll(facts.of(type)));
        if (seen.size() > bounds.facts()) {
            return RulePass.failed(
                    name, "there are " + seen.size() + " facts to look at; at most " + bounds.facts() + " are allowed");
        }
        long comparisons = outline.comparisons(seen.size());
        if (comparisons > bounds.comparisons()) {
            return RulePass.failed(
                    name,
                    "with " + seen.size() + " facts there are up to " + comparisons + " comparisons to make; at most "
                            + bounds.comparisons() + " are allowed: narrow patterns by their key");
        }
        return new Run(comparisons).of(seen, facts);
    }

    /** One run, which ends when it goes out of bounds. */
    private final class Run extends DefaultAgendaEventListener {
        private final Consequences consequences = new Consequences();
        private final SortedMap<String, String> failed = new TreeMap<>();
        private final long start = nanoseconds.getAsLong();
        private final long comparisons;
        private int matched;
        private int fired;

        Run(long comparisons) {
            this.comparisons = comparisons;
        }

        RulePass of(List<Object> seen, RuleFacts facts) {
            KieSession session = Engine.open(rules);
            try {
                session.addEventListener(this);
                if (declares(GLOBAL)) {
                    session.setGlobal(GLOBAL, consequences);
                }
                seen.forEach(session::insert);
                fire(session, facts);
            } catch (RuntimeException | StackOverflowError e) {
                return RulePass.failed(name, cause(e), comparisons);
            } finally {
                session.dispose();
            }
            failed.keySet().forEach(consequences::retract);
            return new RulePass(
                    consequences.requests(),
                    consequences.claims(),
                    consequences.fired(),
                    failed.entrySet().stream()
                            .map(failure -> new RulePass.Failure(name, failure.getKey(), failure.getValue()))
                            .toList(),
                    comparisons);
        }

        private void fire(KieSession session, RuleFacts facts) {
            Set<String> silent = new HashSet<>();
            personas.forEach((rule, limit) -> {
                if (limit.isPresent() && !facts.isSubjectTo(limit.get())) {
                    silent.add(rule);
                }
            });
            boolean finished = false;
            while (!finished) {
                try {
                    session.fireAllRules(
                            match -> !silent.contains(match.getRule().getName()));
                    finished = true;
                } catch (ConsequenceException e) {
                    String rule = e.getRule().getName();
                    failed.put(rule, cause(e));
                    silent.add(rule);
                }
            }
        }

        @Override
        public void matchCreated(MatchCreatedEvent event) {
            matched++;
            check(matched);
        }

        @Override
        public void beforeMatchFired(BeforeMatchFiredEvent event) {
            consequences.firing(event.getMatch().getRule().getName());
            fired++;
            check(fired);
        }

        private void check(int times) {
            if (times > bounds.matches()) {
                throw new IllegalStateException(
                        "its rules fire more than " + bounds.matches() + " times: narrow their patterns");
            }
            if (nanoseconds.getAsLong() - start > bounds.time().toNanos()) {
                throw new IllegalStateException("its rules take longer than " + bounds.time());
            }
        }
    }

    private boolean declares(String global) {
        return rules.getKiePackages().stream()
                .flatMap(group -> group.getGlobalVariables().stream())
                .anyMatch(variable -> variable.getName().equals(global));
    }

    /** The innermost message: around it Drools says where in its own code it was. */
    private static String cause(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause.getCause() != null && depth < 20; depth++) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String line = message.lines().findFirst().orElse("");
        return line.length() <= 500 ? line : line.substring(0, 500);
    }

    /** The names of the rules, each with the persona that it is limited to, if it is. */
    private static SortedMap<String, Optional<String>> personas(KieBase rules) {
        SortedMap<String, Optional<String>> personas = new TreeMap<>();
        rules.getKiePackages().stream()
                .flatMap(group -> group.getRules().stream())
                .forEach((Rule rule) -> {
                    Map<String, Object> annotations = rule.getMetaData();
                    personas.put(rule.getName(), Optional.ofNullable((String) annotations.get("persona")));
                });
        return personas;
    }
}
