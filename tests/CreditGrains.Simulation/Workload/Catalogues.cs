namespace CreditGrains.Simulation.Workload;

/// <summary>Catalogues of features that the simulated callers put in force, none among them, and one that is wrong.</summary>
internal static class Catalogues
{
    /// <summary>Those the engine must take.</summary>
    public static readonly byte[][] Sound =
    [
        [],
        """
        {"name":"one","lateness":"1h","features":[
          {"name":"spend_{aggregation}_{window}","filter":{"kinds":"authorize","outcomes":["approved","approvedInPart"]},"value":"amount","aggregations":["count","sum","standardDeviation","max"],"windows":["1h","6h","lifetime"],"granularity":"30m"},
          {"name":"borrower_{aggregation}","entity":"borrower","filter":{},"value":"drawn","aggregations":["last","max"],"window":"24h","granularity":"6h"}]}
        """u8.ToArray(),
        """
        {"name":"two","lateness":"2d","width":"wide","features":[
          {"name":"declines","filter":{"kinds":["authorize","drawdown"]},"hit":{"outcomes":"declined"},"aggregation":"streak","granularity":"1h"},
          {"name":"categories_{window}","filter":{},"aggregation":"distinct","value":"merchantCategory","windows":["2d","lifetime"],"granularity":"1d"},
          {"name":"trend","filter":{"kinds":"repay"},"value":"amount","aggregation":"trend","window":"3d","granularity":"1d"}]}
        """u8.ToArray(),
        """
        {"name":"three","lateness":"3h","width":"compact","features":[
          {"name":"count_{window}","filter":{},"aggregation":"count","windows":["1h","8h"],"granularity":"1h"},
          {"name":"asked_{aggregation}_{window}","filter":{"kinds":["authorize","drawdown"]},"value":"asked","aggregations":["sum","standardDeviation","min"],"windows":["4h","lifetime"],"granularity":"1h"},
          {"name":"categories","filter":{},"aggregation":"distinct","value":"merchantCategory","window":"6h","granularity":"2h"},
          {"name":"borrower_{aggregation}","entity":"borrower","filter":{},"value":"headroom","aggregations":["last","min","trend"],"window":"24h","granularity":"6h"}]}
        """u8.ToArray(),
    ];

    /// <summary>One it must refuse.</summary>
    public static readonly byte[] Wrong = """{"name":"wrong","lateness":"1h","features":[{"name":"a","aggregation":"median"}]}"""u8.ToArray();
}
