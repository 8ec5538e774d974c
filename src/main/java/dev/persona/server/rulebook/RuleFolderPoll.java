package dev.persona.server.rulebook;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Singleton;

/** Looks at the configured folder of rules again and again. */
@Singleton
class RuleFolderPoll {
    private final Rulebook rulebook;
    private final RulesConfig config;

    RuleFolderPoll(Rulebook rulebook, RulesConfig config) {
        this.rulebook = rulebook;
        this.config = config;
    }

    @Scheduled(every = "${persona.rules.poll-interval:PT2S}", concurrentExecution = ConcurrentExecution.SKIP)
    void poll() {
        if (config.directory().isPresent()) {
            rulebook.readFolder();
        }
    }
}
