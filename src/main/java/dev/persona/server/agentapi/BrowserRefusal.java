package dev.persona.server.agentapi;

import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Refuses connections that come from a web page.
 *
 * <p>Browsers let any page open WebSockets to any host, loopback included, and always send {@code Origin} then; agents
 * never do.
 */
@ApplicationScoped
public class BrowserRefusal implements HttpUpgradeCheck {
    private static final int FORBIDDEN = 403;

    @Override
    public Uni<CheckResult> perform(HttpUpgradeContext context) {
        return context.httpRequest().headers().contains("Origin")
                ? CheckResult.rejectUpgrade(FORBIDDEN)
                : CheckResult.permitUpgrade();
    }
}
