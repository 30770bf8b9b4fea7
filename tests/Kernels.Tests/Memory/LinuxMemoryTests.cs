using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Tests.Memory;

public sealed class LinuxMemoryTests : IDisposable
{
    private const string Groups = "sys/fs/cgroup/";

    private readonly string root = Directory.CreateTempSubdirectory("hearth-memory").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_machine_says_what_is_available()
    {
        Machine();
        Assert.Equal(8L << 20, Memory.Available());
        Assert.Equal(1L << 20, Memory.Swap());
    }

    [Fact]
    public void A_group_of_version_2_leaves_its_limit_less_what_cannot_be_given_up()
    {
        Machine();
        Write("proc/self/cgroup", "0::/a/b\n");
        Write(Groups + "a/b/memory.max", "max\n");
        Write(Groups + "a/b/memory.current", "700000\n");
        Write(Groups + "a/memory.max", "1000000\n");
        Write(Groups + "a/memory.current", "800000\n");
        Write(Groups + "a/memory.stat", "anon 300000\nfile 500000\ninactive_file 400000\nactive_file 50000\n");
        Assert.Equal(1_000_000 - 350_000, Memory.Available());
    }

    [Fact]
    public void A_group_of_version_1_counts_the_groups_within_it()
    {
        Machine();
        Write("proc/self/cgroup", "4:memory:/box\n0::/\n");
        Write(Groups + "memory/box/memory.limit_in_bytes", "1000000\n");
        Write(Groups + "memory/box/memory.usage_in_bytes", "900000\n");
        Write(Groups + "memory/box/memory.stat", "inactive_file 7\ntotal_inactive_file 100000\ntotal_active_file 200000\n");
        Write(Groups + "memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write(Groups + "memory/memory.usage_in_bytes", "900000\n");
        Assert.Equal(400_000, Memory.Available());
    }

    [Fact]
    public void A_container_sees_its_group_at_the_mount_point()
    {
        Machine();
        Write("proc/self/cgroup", "0::/\n");
        Write(Groups + "memory.max", "1000000\n");
        Write(Groups + "memory.current", "1500000\n");
        Assert.Equal(0, Memory.Available());
    }

    [Theory]
    [InlineData("MemTotal: 9 kB\n")]
    [InlineData("MemAvailable: -5 kB\n")]
    [InlineData("MemAvailable: 99999999999999999999 kB\n")]
    [InlineData("MemAvailable: 9223372036854775807 kB\n")]
    [InlineData("MemAvailable: 5 MB\n")]
    [InlineData("MemAvailable:\n")]
    public void Nonsense_counts_as_absent(string text)
    {
        Write("proc/meminfo", text);
        Write("proc/self/cgroup", "nonsense\n0::/\n");
        Write(Groups + "memory.max", "-1\n");
        Write(Groups + "memory.current", "x\n");
        Assert.Null(Memory.Available());
        Assert.Equal(0, Memory.Swap());
    }

    [Fact]
    public void Nothing_is_known_without_files() => Assert.Null(Memory.Available());

    private LinuxMemory Memory => new(root);

    private void Machine() => Write("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 100 kB\nMemAvailable:    8192 kB\nSwapFree:  1024 kB\n");

    private void Write(string path, string text)
    {
        path = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
