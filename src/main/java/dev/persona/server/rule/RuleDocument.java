package dev.persona.server.rule;

import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.Fault;
import dev.persona.server.platform.PolicyException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.kie.api.KieBase;
import org.kie.api.definition.KiePackage;
import org.kie.api.definition.rule.Rule;
import org.kie.api.event.rule.BeforeMatchFiredEvent;
import org.kie.api.event.rule.DefaultAgendaEventListener;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.ConsequenceException;

/**
 * One DRL file of custom rules, compiled.
 *
 * <p>It runs in a session of its own: rules that fail, or fire without end, lose their own consequences and harm nobody
 * else's. A rule that carries {@code @persona("id")} runs only where that persona applies.
 */
public final class RuleDocument {
    static final String GLOBAL = "consequences";

    private static final Logger LOG = Logger.getLogger(RuleDocument.class);
    private static final int FIRING_LIMIT = 10_000;

    private final String name;
    private final KieBase rules;
    private final Optional<Set<String>> personas;

    RuleDocument(String name, KieBase rules) {
        this.name = name;
        this.rules = rules;
        this.personas = personas(rules);
    }

    /**
     * Reviews and compiles DRL text.
     *
     * @throws PolicyException INVALID_DOCUMENT with everything in it that custom rules may not have, see
     *     {@link RuleReview}; else with every compile error
     */
    public static RuleDocument compile(String name, String drl) {
        RuleReview review = RuleReview.of(drl);
        if (review instanceof RuleReview.Refused refused) {
            throw refusal("rules `" + name + "` aren't permitted", refused.faults());
        }
        Engine.Compilation compilation = Engine.compile(((RuleReview.Permitted) review).tree());
        if (compilation instanceof Engine.Compilation.Refused refused) {
            throw refusal("rules `" + name + "` can't be compiled", refused.faults());
        }
        return new RuleDocument(name, ((Engine.Compilation.Compiled) compilation).rules());
    }

    private static PolicyException refusal(String message, List<RuleFault> faults) {
        return new PolicyException(
                ErrorCode.INVALID_DOCUMENT,
                message,
                faults.stream().map(fault -> new Fault("", fault.toString())).toList());
    }

    public String name() {
        return name;
    }

    /** Whether one of its rules may have a say where these personas apply. */
    boolean concerns(Set<String> personaIds) {
        return personas.map(named -> named.stream().anyMatch(personaIds::contains))
                .orElse(true);
    }

    /** Runs the rules on facts; what fails is logged and left out. */
    void run(Iterable<Object> facts, Consequences all) {
        Consequences own = new Consequences();
        KieSession session = rules.newKieSession();
        try {
            session.addEventListener(new DefaultAgendaEventListener() {
                @Override
                public void beforeMatchFired(BeforeMatchFiredEvent event) {
                    own.firing(event.getMatch().getRule().getName());
                }
            });
            if (declares(GLOBAL)) {
                session.setGlobal(GLOBAL, own);
            }
            facts.forEach(session::insert);
            fire(session, own);
            own.requests().forEach(all::add);
            own.claims().forEach(all::add);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warnf("rules failed and are left out: rules=%s cause=%s", name, e);
        } finally {
            session.dispose();
        }
    }

    private void fire(KieSession session, Consequences own) {
        Set<String> failed = new HashSet<>();
        int fired = 0;
        while (fired <= FIRING_LIMIT) {
            try {
                int more = session.fireAllRules(
                        match -> !failed.contains(match.getRule().getName()), FIRING_LIMIT + 1 - fired);
                fired += more;
                break;
            } catch (ConsequenceException e) {
                String rule = e.getRule().getName();
                LOG.warnf("a rule failed and is left out: rules=%s rule=%s cause=%s", name, rule, e.getCause());
                failed.add(rule);
                fired++;
            }
        }
        if (fired > FIRING_LIMIT) {
            throw new IllegalStateException("fired more than " + FIRING_LIMIT + " times");
        }
        failed.forEach(own::retract);
    }

    private boolean declares(String global) {
        return rules.getKiePackages().stream()
                .flatMap(group -> group.getGlobalVariables().stream())
                .anyMatch(variable -> variable.getName().equals(global));
    }

    /** The personas that the rules are limited to; empty if one isn't limited. */
    private static Optional<Set<String>> personas(KieBase rules) {
        Set<String> named = new HashSet<>();
        for (KiePackage group : rules.getKiePackages()) {
            for (Rule rule : group.getRules()) {
                Object persona = rule.getMetaData().get("persona");
                if (!(persona instanceof String text)) {
                    return Optional.empty();
                }
                named.add(text);
            }
        }
        return Optional.of(named);
    }
}
