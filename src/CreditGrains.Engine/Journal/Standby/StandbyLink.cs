namespace CreditGrains.Engine.Journal.Standby;

/// <summary>Where a standby stands, for reports.</summary>
public enum StandbyState
{
    /// <summary>Being sent what it lacks; appends do not wait for it.</summary>
    CatchingUp = 1,

    /// <summary>Every append waits for its acknowledgement.</summary>
    InStep = 2,

    /// <summary>Gone; it may connect again. What appends do then is <see cref="JournalOptions.StandbyRequired"/>.</summary>
    Lost = 3,
}

/// <summary>
/// The writer's end of a link to a standby. <see cref="Connect"/> and <see cref="CatchUp"/> run on any one thread,
/// <see cref="Join"/> on the flusher thread between two appends. Blocking: set deadlines on the stream.
/// </summary>
public sealed class StandbyLink : IFrameSink
{
    private readonly StandbyMessages _messages;
    private readonly PartitionJournal _journal;
    private readonly FrameCursor _cursor;
    private ChainHash _acknowledged;
    private volatile StandbyState _state = StandbyState.CatchingUp;

    private StandbyLink(StandbyMessages messages, PartitionJournal journal, FrameCursor cursor, ChainHash acknowledged)
    {
        _acknowledged = acknowledged;
        _messages = messages;
        _journal = journal;
        _cursor = cursor;
    }

    /// <summary>Where the standby stands. Any thread.</summary>
    public StandbyState State => _state;

    /// <summary>Why it was lost, or null. Any thread, once <see cref="State"/> says lost.</summary>
    public Exception? LostBecause { get; private set; }

    /// <inheritdoc/>
    public bool IsAccepting => _state == StandbyState.InStep;

    /// <summary>Hears a standby's hello and finds what it lacks. The link owns the stream from here on.</summary>
    /// <param name="stream">Both ways, to the standby.</param>
    /// <param name="partitionId">This journal's partition.</param>
    /// <param name="journal">Open for writing.</param>
    /// <exception cref="JournalException">
    /// Another partition; a standby that has seen a later epoch (<see cref="JournalErrorCode.EpochOutOfOrder"/>: this process must
    /// stop); one that holds other frames or is ahead (<see cref="JournalErrorCode.Diverged"/>) or too far behind
    /// (<see cref="JournalErrorCode.NotRetained"/>): give it a copy of this partition's files.
    /// </exception>
    /// <exception cref="IOException">The stream failed.</exception>
    public static StandbyLink Connect(Stream stream, Guid partitionId, PartitionJournal journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var messages = new StandbyMessages(stream);
        FrameCursor? cursor = null;
        try
        {
            StandbyPosition hello = StandbyPosition.Read(messages.Receive(StandbyMessage.Hello));
            Admit(hello, partitionId, journal);
            cursor = journal.Reader.ReadForCopy(hello.NextSequence);
            Find(cursor, hello);
            return new StandbyLink(messages, journal, cursor, hello.Chain);
        }
        catch (JournalException refusal)
        {
            cursor?.Dispose();
            Refuse(messages, refusal);
            throw;
        }
        catch
        {
            cursor?.Dispose();
            messages.Dispose();
            throw;
        }
    }

    /// <summary>Sends what is durable and the standby lacks. Call until few frames are sent, then <see cref="Join"/>.</summary>
    /// <returns>Frames sent; 0 also when the standby was lost.</returns>
    /// <exception cref="JournalException">The standby has seen a later epoch: this process must stop.</exception>
    public int CatchUp()
    {
        int sent = 0;
        while (_state != StandbyState.Lost && _cursor.TryRead(out Frame frame) && TrySend(frame.Raw, frame.Header)) sent++;
        return sent;
    }

    /// <summary>Sends the rest and lets every later append wait for the standby. Flusher thread, between appends.</summary>
    /// <returns>False when the standby was lost meanwhile.</returns>
    /// <exception cref="JournalException">The standby has seen a later epoch: this process must stop.</exception>
    public bool Join()
    {
        _cursor.ReadsToLastFrame = true;
        CatchUp();
        _cursor.Dispose();
        if (_state == StandbyState.Lost) return false;
        if (_acknowledged != _journal.Writer.Head)
        {
            Lose(new JournalException(JournalErrorCode.Damaged, "The frames the standby lacks cannot be read back. Verify this journal."));
            return false;
        }
        _state = StandbyState.InStep;
        _journal.Writer.Attach(this);
        return true;
    }

    /// <inheritdoc/>
    public bool TryAppend(ReadOnlySpan<byte> raw) => _state == StandbyState.InStep && TrySend(raw, FrameHeader.Read(raw));

    /// <summary>Asks a standby in step whether it is still there, so that its loss shows before a frame needs it. Flusher thread, between appends.</summary>
    /// <returns>Whether it is in step.</returns>
    /// <exception cref="JournalException">The standby has seen a later epoch: this process must stop.</exception>
    public bool Probe() => _state == StandbyState.InStep && TryExchange(StandbyMessage.Probe, [], _journal.Writer.NextSequence, _journal.Writer.Head);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_state != StandbyState.Lost) Lose(new ObjectDisposedException(nameof(StandbyLink)));
        _cursor.Dispose();
    }

    private static void Admit(StandbyPosition hello, Guid partitionId, PartitionJournal journal)
    {
        if (hello.PartitionId != partitionId)
            throw new JournalException(JournalErrorCode.ForeignPartition, $"The standby keeps partition {hello.PartitionId}, not {partitionId}.");
        if (hello.Epoch > journal.Writer.Epoch)
        {
            throw new JournalException(JournalErrorCode.EpochOutOfOrder,
                $"The standby has seen epoch {hello.Epoch}, this writer has {journal.Writer.Epoch}. Another writer took over: stop this one.");
        }
        if (hello.NextSequence > journal.Reader.DurableSequence + 1)
            throw Diverged(hello);
        if (hello.NextSequence < journal.Reader.OldestSequence)
        {
            throw new JournalException(JournalErrorCode.NotRetained,
                $"The standby ends before sequence {hello.NextSequence}, the oldest kept segment begins at {journal.Reader.OldestSequence}. "
                + "Give the standby a copy of this partition's files.");
        }
    }

    // The standby may have some of the openings at its next sequence and not others: step over those it has.
    private static void Find(FrameCursor cursor, StandbyPosition hello)
    {
        cursor.Seek();
        cursor.ReadsToLastFrame = true;
        while (cursor.Chain != hello.Chain)
        {
            if (!cursor.TryRead(out Frame frame) || !frame.Header.IsOpening) throw Diverged(hello);
        }
        cursor.ReadsToLastFrame = false;
    }

    private static JournalException Diverged(StandbyPosition hello) => new(JournalErrorCode.Diverged,
        $"The standby's journal up to sequence {hello.NextSequence - 1} is not a beginning of this one. "
        + "Keep the one whose writer answered clients, and give the other a copy of its files.");

    private static void Refuse(StandbyMessages messages, JournalException refusal)
    {
        using (messages)
        {
            try
            {
                messages.SendRefusal(refusal.Code, refusal.Message);
            }
            catch (IOException cause)
            {
                // The refusal matters more than that the standby did not hear it.
                refusal.Data["StandbyNotTold"] = cause.Message;
            }
        }
    }

    private bool TrySend(ReadOnlySpan<byte> raw, FrameHeader header) => TryExchange(StandbyMessage.Frame, raw, header.NextSequence, header.Chain);

    private bool TryExchange(StandbyMessage kind, ReadOnlySpan<byte> body, long nextSequence, ChainHash chain)
    {
        try
        {
            _messages.Send(kind, body);
            StandbyPosition has = StandbyPosition.Read(_messages.Receive(StandbyMessage.Acknowledgement));
            if (has.NextSequence != nextSequence || has.Chain != chain)
                throw StandbyMessages.Violation("an acknowledgement of another frame");
            _acknowledged = has.Chain;
            return true;
        }
        catch (JournalException refusal)
        {
            Lose(refusal);
            // A later epoch means that another writer took over; any other refusal is the standby's own trouble.
            if (refusal.Code == JournalErrorCode.EpochOutOfOrder) throw;
            return false;
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException)
        {
            Lose(cause);
            return false;
        }
    }

    private void Lose(Exception cause)
    {
        LostBecause = cause;
        _state = StandbyState.Lost;
        _messages.Dispose();
    }
}
