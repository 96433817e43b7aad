using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Client;
using static CreditGrains.Api.Tests.Transport.RawHttp2;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>What the client makes of a call whose connection or stream breaks after the answer began.</summary>
public sealed class BrokenConnectionTests
{
    public static TheoryData<string, byte[], bool, StatusCode> Endings => new()
    {
        // The connection goes away: whatever the reason given, another connection may do better.
        { "closed without a word", [], false, StatusCode.Unavailable },
        { "reset by TCP", [], true, StatusCode.Unavailable },
        { "GOAWAY NO_ERROR", Away(error: 0), false, StatusCode.Unavailable },
        { "GOAWAY INTERNAL_ERROR", Away(error: 2), false, StatusCode.Unavailable },
        { "GOAWAY ENHANCE_YOUR_CALM", Away(error: 11), false, StatusCode.Unavailable },
        { "GOAWAY, then reset by TCP", Away(error: 0), true, StatusCode.Unavailable },

        // The stream alone is reset: by gRPC's table.
        { "RST_STREAM NO_ERROR", ResetBy(error: 0), false, StatusCode.Internal },
        { "RST_STREAM PROTOCOL_ERROR", ResetBy(error: 1), false, StatusCode.Internal },
        { "RST_STREAM INTERNAL_ERROR", ResetBy(error: 2), false, StatusCode.Internal },
        { "RST_STREAM REFUSED_STREAM", ResetBy(error: 7), false, StatusCode.Unavailable },
        { "RST_STREAM CANCEL", ResetBy(error: 8), false, StatusCode.Cancelled },
        { "RST_STREAM ENHANCE_YOUR_CALM", ResetBy(error: 11), false, StatusCode.ResourceExhausted },
        { "RST_STREAM INADEQUATE_SECURITY", ResetBy(error: 12), false, StatusCode.PermissionDenied },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Answer_BrokenOff_IsNamedByWhatBroke(string ending, byte[] frames, bool closesHard, StatusCode code)
    {
        Assert.NotEmpty(ending);
        await using var peer = new ScriptedPeer(frames, closesHard);
        using var channel = new RpcChannel(peer.Address);
        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(ClientServerTests.Echo, new EchoMessage()));
        Assert.Equal((code, ending), (failure.Code, ending));
    }

    private static byte[] Away(byte error) => Frame(GoAway, 0, 0, [0, 0, 0, 1, 0, 0, 0, error]);

    private static byte[] ResetBy(byte error) => Frame(Reset, 0, 1, [0, 0, 0, error]);
}
