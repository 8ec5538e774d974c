package dev.persona.server.platform;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.persistence.OptimisticLockException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import java.sql.SQLException;

/** Gives back what it is sent, and fails on request. */
@Path("/echo")
@Produces({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
@Consumes({MediaTypes.JSON, MediaTypes.YAML, MediaTypes.X_YAML, MediaTypes.TEXT_YAML})
public class EchoResource {

    @POST
    public JsonNode echo(JsonNode document) {
        return document;
    }

    @GET
    @Path("/{failure}")
    public JsonNode fail(@PathParam("failure") String failure) {
        switch (failure) {
            case "error":
                throw new StackOverflowError("secret");
            case "database":
                throw new IllegalStateException(new SQLException("secret", "08006"));
            case "conflict":
                throw new IllegalStateException(new OptimisticLockException("secret"));
            default:
                throw new IllegalStateException("secret");
        }
    }
}
