package dev.persona.server.rule;

import dev.persona.server.persona.PersonaSource;
import dev.persona.server.persona.PersonasChanged;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.List;
import java.util.Set;

/** The policies of the running server, compiled from the stored personas and the custom rules in force. */
@Singleton
public class LivePolicies implements PolicyLibrary {
    private final RuleSource rules;
    private final PolicyCache cache;

    @Inject
    LivePolicies(PersonaSource personas, RuleSource rules, MeterRegistry registry) {
        Timer compilations = Timer.builder("persona.policy.compilations")
                .description("The policy of one set of groups compiled")
                .register(registry);
        this.rules = rules;
        this.cache = new PolicyCache(personas, rules.rules(), rules, compilations::record);
    }

    @Override
    public Policy forGroups(Set<String> groups) {
        return cache.forGroups(groups);
    }

    @Override
    public List<RuleDocument> customRules() {
        return cache.customRules();
    }

    /** Before all other observers, who may ask for a policy. */
    void drop(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) PersonasChanged change) {
        cache.drop(change.groups());
    }

    /** Before all other observers, who may ask for a policy. */
    void take(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) RulesChanged change) {
        cache.use(rules.rules());
    }
}
