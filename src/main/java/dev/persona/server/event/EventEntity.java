package dev.persona.server.event;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A stored event. */
@Entity
@Table(name = "events")
class EventEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "event_number")
    Long eventNumber;

    String source;

    @Column(name = "event_id")
    String eventId;

    @Column(name = "taken_at")
    Instant takenAt;

    /** As JSON in the form of CloudEvents; null once all instances have taken it. */
    @Nullable
    String document;
}
