package dev.persona.server.platform;

import io.quarkiverse.resteasy.problem.ExceptionMapperBase;
import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.ext.Provider;

/** Catches what the problem extension lets through: errors that aren't exceptions. {@link ProblemDocument} words them. */
@Provider
public final class ThrowableMapper extends ExceptionMapperBase<Throwable> {

    @Override
    protected HttpProblem toProblem(Throwable thrown) {
        return HttpProblem.builder().withStatus(500).build();
    }
}
