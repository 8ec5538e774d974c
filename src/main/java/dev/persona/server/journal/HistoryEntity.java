package dev.persona.server.journal;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.Instant;

/** A stored {@link HistoryEntry}. Numbers are drawn in blocks of 50, so that many entries go out as one JDBC batch. */
@Entity
@Table(name = "history")
class HistoryEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "history_entries")
    @SequenceGenerator(name = "history_entries", sequenceName = "history_entries", allocationSize = 50)
    Long entry;

    @Column(name = "instance_id")
    String instanceId;

    Instant at;
    String kind;

    String detail;
}
