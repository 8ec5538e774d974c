package dev.persona.server.rule;

import dev.persona.server.persona.Persona;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.kie.api.KieBase;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.FactHandle;

/**
 * The compiled rules of a policy's personas: facts go in, the personas that hold come out.
 *
 * <p>Making a session costs more than all that is asked of it, so one is kept. Its only fact is replaced each time, by
 * which Drools judges every rule anew: it remembers nothing. Whoever asks while it is in use gets another.
 */
final class PersonaRules {
    private final KieBase rules;
    private final AtomicReference<@Nullable Judge> idle = new AtomicReference<>();

    PersonaRules(KieBase rules) {
        this.rules = rules;
    }

    /** The personas that hold, in order of rank. */
    List<Persona> holding(InstanceFacts facts) {
        Judge kept = idle.getAndSet(null);
        Judge judge = kept != null ? kept : new Judge(Engine.open(rules));
        try {
            judge.ask(facts);
        } catch (RuntimeException | Error e) {
            judge.dispose();
            throw e;
        }
        Judge other = idle.getAndSet(judge);
        if (other != null) {
            other.dispose();
        }
        return facts.holding();
    }

    /** A session, and the fact in it. */
    private static final class Judge {
        private final KieSession session;
        private @Nullable FactHandle fact;

        Judge(KieSession session) {
            this.session = session;
        }

        void ask(InstanceFacts facts) {
            if (fact == null) {
                fact = session.insert(facts);
            } else {
                session.update(fact, facts);
            }
            session.fireAllRules();
        }

        void dispose() {
            session.dispose();
        }
    }
}
