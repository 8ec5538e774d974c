package dev.persona.server.activation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.persona.server.decision.Recording;
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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The machines in the database.
 *
 * <p>Plain JDBC, since thousands of reports in a second are no matter for an entity manager: one batch for all of them.
 */
@ApplicationScoped
class JdbcMachineStore implements MachineStore {
    private final DataSource dataSource;
    private final Journal journal;
    private final EventLog events;
    private final ObjectMapper mapper;
    private final RecordingConfig recording;

    JdbcMachineStore(
            DataSource dataSource, Journal journal, EventLog events, ObjectMapper mapper, RecordingConfig recording) {
        this.dataSource = dataSource;
        this.recording = recording;
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
                            "select machines.instance_id, at, event_number, snapshot, latest, last_apply from machines"
                                    + " join machine_progress on machine_progress.instance_id = machines.instance_id");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    JsonNode snapshot = read(id, rows.getString(4));
                    states.add(new State(
                            id,
                            false,
                            rows.getObject(2, OffsetDateTime.class).toInstant(),
                            rows.getLong(3),
                            Optional.of(snapshot),
                            Optional.ofNullable(rows.getString(5))
                                    .map(latest -> read(id, latest))
                                    .orElse(snapshot),
                            Optional.ofNullable(rows.getString(6)).map(lastApply -> read(id, lastApply))));
                }
            }
            return states;
        });
    }

    @Override
    public void save(List<State> states, List<HistoryEntry> entries) {
        inTransaction("the decision", connection -> {
            journal.append(entries);
            List<State> added = states.stream().filter(State::isNew).toList();
            List<State> known = states.stream().filter(state -> !state.isNew()).toList();
            writeSnapshots(connection, "insert into machines (snapshot, instance_id) values (?, ?)", added);
            writeProgress(
                    connection,
                    "insert into machine_progress (at, event_number, latest, last_apply, instance_id)"
                            + " values (?, ?, ?, ?, ?)",
                    added);
            writeSnapshots(connection, "update machines set snapshot = ? where instance_id = ?", known);
            writeProgress(
                    connection,
                    "update machine_progress set at = ?, event_number = ?, latest = ?, last_apply = ?"
                            + " where instance_id = ?",
                    known);
        });
    }

    private static void writeSnapshots(Connection connection, String sql, List<State> states) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (State state : states) {
                if (state.snapshot().isPresent()) {
                    write.setString(1, state.snapshot().get().toString());
                    write.setString(2, state.instanceId());
                    write.addBatch();
                }
            }
            write.executeBatch();
        }
    }

    private static void writeProgress(Connection connection, String sql, List<State> states) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (State state : states) {
                write.setObject(1, state.at().atOffset(ZoneOffset.UTC));
                write.setLong(2, state.eventNumber());
                write.setString(3, state.latest().toString());
                write.setString(4, state.lastApply().map(JsonNode::toString).orElse(null));
                write.setString(5, state.instanceId());
                write.addBatch();
            }
            write.executeBatch();
        }
    }

    @Override
    public void eventsTaken(long upToNumber) {
        events.settle(upToNumber);
    }

    @Override
    public void record(List<Recording> recordings) {
        if (recording.keepFor().isZero()) {
            return;
        }
        inTransaction("the recordings", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into recordings (instance_id, begins_at, ends_at, content_size, content)"
                            + " values (?, ?, ?, ?, ?)")) {
                for (Recording piece : recordings) {
                    insert.setString(1, piece.instanceId());
                    insert.setObject(2, piece.begins().atOffset(ZoneOffset.UTC));
                    insert.setObject(3, piece.ends().atOffset(ZoneOffset.UTC));
                    insert.setInt(4, piece.content().length);
                    insert.setBytes(5, piece.content());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        });
    }

    @Override
    public Optional<Recording> recording(String instanceId, Instant at) {
        return QuarkusTransaction.requiringNew().call(() -> {
            try (Connection connection = dataSource.getConnection();
                    PreparedStatement select = connection.prepareStatement(
                            "select begins_at, ends_at, content from recordings where instance_id = ?"
                                    + " and begins_at < ? and ends_at >= ? order by begins_at fetch first row only")) {
                select.setString(1, instanceId);
                select.setObject(2, at.atOffset(ZoneOffset.UTC));
                select.setObject(3, at.atOffset(ZoneOffset.UTC));
                try (ResultSet rows = select.executeQuery()) {
                    return rows.next()
                            ? Optional.of(new Recording(
                                    instanceId,
                                    rows.getObject(1, OffsetDateTime.class).toInstant(),
                                    rows.getObject(2, OffsetDateTime.class).toInstant(),
                                    rows.getBytes(3)))
                            : Optional.empty();
                }
            }
        });
    }

    /** Deletes recordings that are older, or of which an instance has more, than the configuration keeps. */
    void forgetOldRecordings(Instant now) {
        inTransaction("that recordings are forgotten", connection -> {
            try (PreparedStatement old = connection.prepareStatement("delete from recordings where ends_at < ?");
                    PreparedStatement beyond = connection.prepareStatement(
                            "delete from recordings where exists (select 1 from (select instance_id, begins_at,"
                                    + " sum(content_size) over (partition by instance_id order by begins_at desc) as"
                                    + " total from recordings) newer where newer.total > ? and newer.instance_id ="
                                    + " recordings.instance_id and newer.begins_at = recordings.begins_at)")) {
                old.setObject(1, now.minus(recording.keepFor()).atOffset(ZoneOffset.UTC));
                old.executeUpdate();
                beyond.setLong(1, recording.sizePerInstance().asLongValue());
                beyond.executeUpdate();
            }
        });
    }

    /** Something done with a connection. */
    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void inTransaction(String what, Work work) {
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                try (Connection connection = dataSource.getConnection()) {
                    work.on(connection);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (RuntimeException e) {
            PolicyException failure = new PolicyException(
                    ErrorCode.EXTERNAL_FAILURE, "the database did not store " + what + "; try again later");
            failure.initCause(e);
            throw failure;
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
