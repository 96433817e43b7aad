using CreditGrains.Api.Tests.Transport.Echo;
using CreditGrains.Api.Transport.Client;
using static CreditGrains.Api.Tests.Transport.RawHttp2;

namespace CreditGrains.Api.Tests.Transport;

/// <summary>Whatever one connection does, the others are served, also while it is still open.</summary>
public sealed class AttackTests(EchoHost host) : IClassFixture<EchoHost>
{
    private const string Echo = "/creditgrains.test.EchoService/Echo";
    private const string Chat = "/creditgrains.test.EchoService/Chat";

    public static TheoryData<string, byte[]> BrokenConnections => new()
    {
        { "frame longer than allowed", Frame(Data, 0, 1, [], length: 0xffffff) },
        { "data on stream 0", Frame(Data, 0, 0, [1, 2, 3]) },
        { "data on an idle stream", Frame(Data, 0, 9, [1, 2, 3]) },
        { "headers on an even stream", Frame(Headers, EndHeaders, 2, CallHeaders(Echo)) },
        { "broken header block", Frame(Headers, EndHeaders, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) },
        { "settings of odd length", Frame(Settings, 0, 0, [1, 2, 3]) },
        { "reset of no stream", Frame(Reset, 0, 0, [0, 0, 0, 8]) },
        { "continuation of nothing", Frame(9, EndHeaders, 1, []) },
        { "headers never ended", [.. Frame(Headers, 0, 1, CallHeaders(Echo)), .. Frame(Data, 0, 1, [1])] },
    };

    public static TheoryData<string, byte[]> OpenConnections => new()
    {
        { "slow body", [.. Call(1, Echo), .. Frame(Data, 0, 1, [0, 0])] },
        { "slow message", [.. Call(1, Echo), .. Frame(Data, 0, 1, [0, 0, 0, 0, 9, 1])] },
        { "slow stream", [.. Call(1, Chat), .. Frame(Data, 0, 1, [0, 0, 0, 0, 9, 1])] },
        { "huge length and nothing more", [.. Call(1, Echo), .. Frame(Data, 0, 1, [0, 0xff, 0xff, 0xff, 0xff])] },
        { "frame that never ends", [.. Call(1, Echo), .. Frame(Data, 0, 1, [0, 0, 0], length: 16000)] },
        { "resets one after another", [.. Enumerable.Range(0, 50).SelectMany(i => Call((2 * i) + 1, Echo).Concat(Frame(Reset, 0, (2 * i) + 1, [0, 0, 0, 8])))] },
    };

    [Theory]
    [MemberData(nameof(BrokenConnections))]
    public async Task BrokenFrames_EndTheirConnectionOnly(string attack, byte[] frames)
    {
        Assert.NotEmpty(attack);
        using var attacker = await ConnectAsync(host.GrpcAddress);
        await attacker.GreetAsync();
        await attacker.SendAsync(frames);
        await attacker.ReadUntilAsync(GoAway);
        await AssertServesAsync();
    }

    [Theory]
    [MemberData(nameof(OpenConnections))]
    public async Task SlowOrWastefulCalls_DelayNobodyElse(string attack, byte[] frames)
    {
        Assert.NotEmpty(attack);
        using var attacker = await ConnectAsync(host.GrpcAddress);
        await attacker.GreetAsync();
        await attacker.SendAsync(frames);
        await AssertServesAsync();
    }

    [Fact]
    public async Task HugeLength_IsRefusedFromThePrefixAlone()
    {
        using var attacker = await ConnectAsync(host.GrpcAddress);
        await attacker.GreetAsync();
        await attacker.SendAsync([.. Call(1, Echo), .. Frame(Data, 0, 1, [0, 0xff, 0xff, 0xff, 0xff])]);
        Assert.True(await attacker.ReadUntilAsync(Headers));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task OtherProtocols_DisturbNobody(string greeting)
    {
        using var attacker = await ConnectAsync(host.GrpcAddress);
        await attacker.SendAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
        await AssertServesAsync();
    }

    [Fact]
    public async Task ConnectionsDroppedInsideAMessage_LeaveTheServerWhole()
    {
        for (var i = 0; i < 20; i++)
        {
            using var attacker = await ConnectAsync(host.GrpcAddress);
            await attacker.GreetAsync();
            await attacker.SendAsync([.. Call(1, i % 2 == 0 ? Echo : Chat), .. Frame(Data, 0, 1, [0, 0, 0, 0, 9, 1])]);
        }

        await AssertServesAsync();
    }

    [Fact]
    public async Task MessageInManyDataFrames_IsOneMessage()
    {
        using var caller = await ConnectAsync(host.GrpcAddress);
        await caller.GreetAsync();
        byte[] message = [0, 0, 0, 0, 4, 0x0a, 2, (byte)'h', (byte)'i'];
        await caller.SendAsync(Call(1, Echo));
        foreach (var b in message)
            await caller.SendAsync(Frame(Data, 0, 1, [b]));
        await caller.SendAsync(Frame(Data, EndStream, 1, []));
        Assert.True(await caller.ReadUntilAsync(Data));
    }

    private static byte[] Call(int stream, string path) => Frame(Headers, EndHeaders, stream, CallHeaders(path));

    private async Task AssertServesAsync()
    {
        using var channel = host.Connect();
        var reply = await channel.UnaryAsync(ClientServerTests.Echo, new EchoMessage { Text = "still here" }, new CallOptions { Timeout = TimeSpan.FromMinutes(1) });
        Assert.Equal("still here", reply.Text);
    }
}
