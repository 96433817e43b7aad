namespace CreditGrains.Cli.Bench.Http2;

/// <summary>Gets what a connection read. Spans and fields are lent until the call returns.</summary>
internal interface IStreamSink
{
    /// <summary>Headers or trailers of a stream.</summary>
    void OnHeaders(int stream, ResponseFields fields, bool isEnd);

    /// <summary>A part of a stream's body.</summary>
    void OnData(int stream, ReadOnlySpan<byte> data, bool isEnd);

    /// <summary>The server ended a stream early.</summary>
    void OnReset(int stream, uint errorCode);

    /// <summary>More may be sent: on a stream, or (0) on the connection.</summary>
    void OnWindow(int stream, int increment);

    /// <summary>The server changed by how much every stream's window starts; open streams move too.</summary>
    void OnInitialWindowChange(long delta);

    /// <summary>No stream above the last is or will be answered.</summary>
    void OnGoAway(int lastStream, uint errorCode);
}
