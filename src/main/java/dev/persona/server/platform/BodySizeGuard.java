package dev.persona.server.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Refuses bodies over the server's limit with a problem document, where the HTTP layer would do so without a word. */
@Singleton
class BodySizeGuard {
    /** Before Quarkus' own check of the body's size. */
    private static final int PRIORITY = 10;

    private final ObjectMapper json;
    private final long largestBody;

    BodySizeGuard(
            ObjectMapper json, @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize largestBody) {
        this.json = json;
        this.largestBody = largestBody.asLongValue();
    }

    void register(@Observes Filters filters) {
        filters.register(this::checkSize, PRIORITY);
    }

    private void checkSize(RoutingContext context) {
        if (length(context) <= largestBody) {
            context.next();
            return;
        }
        PolicyException refusal = new PolicyException(
                ErrorCode.TOO_LARGE,
                "the body is larger than " + largestBody + " bytes, the `quarkus.http.limits.max-body-size`");
        try {
            context.response()
                    .setStatusCode(refusal.code().status())
                    .putHeader("Content-Type", "application/problem+json")
                    .putHeader("Connection", "close")
                    .endHandler(sent -> context.request().connection().close())
                    .end(Buffer.buffer(
                            json.writeValueAsBytes(ProblemDocument.of(refusal).build())));
        } catch (JsonProcessingException e) {
            context.fail(e);
        }
    }

    private static long length(RoutingContext context) {
        try {
            return Long.parseLong(context.request().getHeader("Content-Length"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
