namespace CreditGrains.Server;

/// <summary>What the process ends with; the numbers are those of BSD's sysexits.h.</summary>
public static class ExitCodes
{
    /// <summary>Stopped as asked.</summary>
    public const int Ok = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The data directory is foreign or damaged.</summary>
    public const int BadData = 65;

    /// <summary>A port is taken or may not be used.</summary>
    public const int PortUnavailable = 69;

    /// <summary>The engine failed while it ran; the next start recovers.</summary>
    public const int EngineFault = 70;

    /// <summary>The data directory cannot be written.</summary>
    public const int ReadOnly = 73;

    /// <summary>The disk failed or is full.</summary>
    public const int Disk = 74;

    /// <summary>Another process has the data directory.</summary>
    public const int Locked = 75;
}
