package dev.persona.agent.api;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemPostProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Turns whatever ended a request into one form of problem document (RFC 9457), the server's form; the only place that
 * decides what a caller is told.
 *
 * <p>Besides the standard members it has {@code code} (an {@link ErrorCode}) and, where there are several things to say,
 * {@code errors}: each with its JSON pointer. A failure of the agent itself tells nothing but a {@code correlation_id},
 * under which the log has the cause.
 */
@ApplicationScoped
class ProblemDocument implements ProblemPostProcessor {
    private static final Logger LOG = Logger.getLogger(ProblemDocument.class);
    private static final int DEEPEST_CAUSE = 20;

    @Override
    public HttpProblem apply(HttpProblem problem, ProblemContext context) {
        RefusedException refusal = refusal(context.cause);
        ErrorCode code = refusal.code();
        HttpProblem.Builder document = HttpProblem.builder()
                .withType(URI.create("urn:problem-type:instance-persona:"
                        + code.name().toLowerCase(Locale.ROOT).replace('_', '-')))
                .withTitle(code.title())
                .withStatus(code.status())
                .withDetail(refusal.getMessage())
                .withInstance(problem.getInstance())
                .with("code", code.name());
        problem.getHeaders().forEach(document::withHeader);
        if (!refusal.faults().isEmpty()) {
            document.with("errors", refusal.faults());
        }
        if (code == ErrorCode.INTERNAL_FAILURE) {
            String correlationId = UUID.randomUUID().toString();
            document.with("correlation_id", correlationId);
            LOG.errorf(
                    context.cause, "request failed path=%s correlation_id=%s", Shown.text(context.path), correlationId);
        } else {
            LOG.debugf("request refused code=%s path=%s", code, Shown.text(context.path));
        }
        return document.build();
    }

    private static RefusedException refusal(Throwable thrown) {
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .limit(DEEPEST_CAUSE)
                .filter(cause -> cause instanceof RefusedException || cause instanceof WebApplicationException)
                .findFirst()
                .map(cause -> cause instanceof RefusedException refused
                        ? refused
                        : ofFramework((WebApplicationException) cause))
                .orElseGet(() -> ofStatus(500));
    }

    private static RefusedException ofFramework(WebApplicationException thrown) {
        return ofStatus(thrown.getResponse().getStatus());
    }

    private static RefusedException ofStatus(int status) {
        ErrorCode code = ErrorCode.ofStatus(status);
        return new RefusedException(
                code,
                switch (code) {
                    case NOT_FOUND -> "nothing is served at this path";
                    case METHOD_NOT_ALLOWED -> "this path doesn't take the method";
                    case NOT_ACCEPTABLE -> "`Accept` names nothing that can be served; `application/json` can";
                    case INTERNAL_FAILURE -> "the agent failed; its log has the cause under the `correlation_id`";
                    default -> "the request can't be understood";
                });
    }
}
