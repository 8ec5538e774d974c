package dev.persona.server.activation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.event.EventLog;
import dev.persona.server.journal.HistoryEntry;
import dev.persona.server.journal.Journal;
import dev.persona.server.platform.ErrorCode;
import dev.persona.server.platform.PolicyException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The machines in the database.
 *
 * <p>Plain JDBC, since thousands of snapshots in a second are no matter for an entity manager: one batch for all of them.
 */
@ApplicationScoped
class JdbcMachineStore implements MachineStore {
    private final DataSource dataSource;
    private final Journal journal;
    private final EventLog events;
    private final ObjectMapper mapper;

    JdbcMachineStore(DataSource dataSource, Journal journal, EventLog events, ObjectMapper mapper) {
        this.dataSource = dataSource;
        this.journal = journal;
        this.events = events;
        this.mapper = mapper;
    }

    @Override
    public List<State> all() {
        return QuarkusTransaction.requiringNew().call(() -> {
            List<State> states = new ArrayList<>();
            try (Connection connection = dataSource.getConnection();
                    PreparedStatement select = connection.prepareStatement(
                            "select instance_id, at, event_number, snapshot, last_apply from machines");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String lastApply = rows.getString(5);
                    states.add(new State(
                            rows.getString(1),
                            rows.getObject(2, OffsetDateTime.class).toInstant(),
                            rows.getLong(3),
                            read(rows.getString(1), rows.getString(4)),
                            lastApply == null ? Optional.empty() : Optional.of(read(rows.getString(1), lastApply))));
                }
            }
            return states;
        });
    }

    @Override
    public void add(State state, List<HistoryEntry> entries) {
        write(
                "insert into machines (at, event_number, snapshot, last_apply, instance_id) values (?, ?, ?, ?, ?)",
                List.of(state),
                entries);
    }

    @Override
    public void save(List<State> states, List<HistoryEntry> entries) {
        write(
                "update machines set at = ?, event_number = ?, snapshot = ?, last_apply = ? where instance_id = ?",
                states,
                entries);
    }

    @Override
    public void eventsTaken(long upToNumber) {
        events.settle(upToNumber);
    }

    private void write(String sql, List<State> states, List<HistoryEntry> entries) {
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                journal.append(entries);
                writeBatch(sql, states);
            });
        } catch (RuntimeException e) {
            PolicyException failure = new PolicyException(
                    ErrorCode.EXTERNAL_FAILURE, "the database did not store the decision; try again later");
            failure.initCause(e);
            throw failure;
        }
    }

    private void writeBatch(String sql, List<State> states) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement write = connection.prepareStatement(sql)) {
            for (State state : states) {
                write.setObject(1, state.at().atOffset(ZoneOffset.UTC));
                write.setLong(2, state.eventNumber());
                write.setString(3, state.snapshot().toString());
                write.setString(4, state.lastApply().map(JsonNode::toString).orElse(null));
                write.setString(5, state.instanceId());
                write.addBatch();
            }
            write.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode read(String instanceId, String json) {
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) {
            throw new PolicyException(
                    ErrorCode.INTERNAL_FAILURE,
                    "the machine of instance `" + instanceId + "` is no JSON in the database");
        }
    }
}
