"""An invented network: VPCs, interfaces and who talks to whom, each edge with its text of a flow record ready but for the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

# (account, region, prefix of its availability zones, share of the interfaces)
VPCS = (
    ("123456789012", "eu-west-1", "euw1", 0.5),
    ("123456789012", "eu-west-1", "euw1", 0.3),
    ("210987654321", "us-east-1", "use1", 0.2),
)
# kind of interface, its share, whether an EC2 instance holds it
KINDS = (
    ("node", 0.28, True),
    ("app", 0.26, True),
    ("worker", 0.18, True),
    ("lambda", 0.10, False),
    ("database", 0.08, False),
    ("endpoint", 0.05, False),
    ("balancer", 0.04, False),
    ("nat", 0.01, False),
)
SERVES = {
    "node": (8080, 8443, 9090, 10250, 30080, 31443),
    "app": (8080, 443, 8443, 9000, 5000, 8888),
    "worker": (8080, 9100, 22),
    "database": (5432, 3306, 6379, 9092, 27017, 9200, 11211),
    "endpoint": (443,),
    "balancer": (443, 80),
}
SERVICES = ("S3", "DYNAMODB", "AMAZON", "AMAZON", "EC2", "CLOUDFRONT", "API_GATEWAY")
SCANNED = (22, 23, 80, 443, 445, 1433, 2375, 3306, 3389, 5432, 5900, 6379, 8080, 8443, 9200, 11434, 27017)
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}


@dataclass(eq=False)
class Interface:
    number: int
    kind: str
    eni: str
    addr: str
    addr6: str
    pods: list[str]
    owner: str
    """` account interface ` of a record"""
    place: str
    """` vpc subnet instance ` of a record"""
    zone: str
    """`region az-id - -` of a record"""
    offset: int
    edges: list[Edge] = field(default_factory=list)
    bounds: list[float] = field(default_factory=list)


@dataclass
class Edge:
    """A connection's two directions as one interface sees them: text around port, figures, window and flags."""

    protocol: str
    long: bool
    """whether connections outlive a minute"""
    ports: int
    """the first port that the client may have"""
    salt: int
    """where in them a long connection's port begins"""
    there: tuple[str, str, str, str]
    back: tuple[str, str, str, str] | None


@dataclass
class Vpc:
    account: str
    region: str
    flow_log: str
    share: float
    interfaces: list[Interface]


def hexes(rng: Random, length: int = 17) -> str:
    return f"{rng.getrandbits(4 * length):0{length}x}"


def public(rng: Random) -> str:
    return f"{rng.choice((3, 13, 18, 34, 44, 52, 54, 77, 91, 104, 142, 151, 185, 203))}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def sides(at: Interface, ends: tuple[str, str], packet_ends: tuple[str, str], services: tuple[str, str], port: int, protocol: str,
          outward: bool, path: str, action: str = "ACCEPT", answered: bool = True, kind: str = "IPv4") -> tuple:
    """Both directions of an edge as text: client to server, and back."""
    number = PROTOCOLS[protocol]
    middle = f" {action} OK {at.place} "

    def tail(source: int, egress: bool) -> str:
        target = 1 - source
        direction, route = ("egress", path) if egress else ("ingress", "-")
        return (f" {kind} {packet_ends[source]} {packet_ends[target]} {at.zone} {services[source]} {services[target]} {direction} {route}\n")

    there = (f"5 {at.owner} {ends[0]} {ends[1]} ", f" {port} {number} ", middle, tail(0, outward))
    back = (f"5 {at.owner} {ends[1]} {ends[0]} {port} ", f" {number} ", middle, tail(1, not outward))
    return there, back if answered else None


class Network:
    """The same for the same seed and number of interfaces."""

    def __init__(self, interfaces: int, seed: int) -> None:
        self.rng = Random(f"network/{seed}")
        self.vpcs = [self.vpc(number, *spec, round(interfaces * spec[3])) for number, spec in enumerate(VPCS)]
        for vpc in self.vpcs:
            self.connect(vpc)

    def vpc(self, number: int, account: str, region: str, zones: str, share: float, count: int) -> Vpc:
        rng = self.rng
        name = f"vpc-{hexes(rng)}"
        subnets = [(f"subnet-{hexes(rng)}", f"{zones}-az{1 + i % 3}") for i in range(9)]
        kinds = [kind for kind, part, _ in KINDS for _ in range(max(1, round(count * part)))]
        kinds += ["app"] * (count - len(kinds))
        made = []
        for i, kind in enumerate(kinds[:count]):
            subnet = i % len(subnets)
            addr = f"10.{number * 16 + subnet}.{i // len(subnets) // 200}.{10 + i // len(subnets) % 200}"
            pods = [f"10.{number * 16 + subnet}.{128 + (i * 7 + p) % 128}.{rng.randrange(4, 250)}" for p in range(12)] if kind == "node" else []
            eni = f"eni-{hexes(rng)}"
            instance = f"i-{hexes(rng)}" if dict((k, e) for k, _, e in KINDS)[kind] else "-"
            made.append(Interface(
                i, kind, eni, addr, f"2a05:d018:{number + 1:x}{subnet:02x}:{1 + i:x}::{1 + i:x}", pods, f"{account} {eni}",
                f"{name} {subnets[subnet][0]} {instance}", f"{region} {subnets[subnet][1]} - -", rng.randrange(60)))
        return Vpc(account, region, f"fl-{hexes(rng)}", share, made)

    def connect(self, vpc: Vpc) -> None:
        """Gives each interface some servers by their popularity, and a few on the Internet."""
        rng = self.rng
        by_kind = {kind: [i for i in vpc.interfaces if i.kind == kind] for kind, _, _ in KINDS}
        servers = [i for i in vpc.interfaces if i.kind in SERVES]
        rng.shuffle(servers)
        servers.sort(key=lambda i: i.kind not in ("database", "endpoint", "balancer"))
        popularity = [1 / (rank + 3) for rank in range(len(servers))]
        outside = [(public(rng), rng.choice(SERVICES) if rng.random() < 0.6 else "-") for _ in range(600)]
        outside_popularity = [1 / (rank + 2) ** 0.9 for rank in range(len(outside))]
        resolver = vpc.interfaces[0].addr.rsplit(".", 2)[0] + ".0.2"
        for at in vpc.interfaces:
            if at.kind == "nat":
                self.translate(at, rng.sample(by_kind["worker"] + by_kind["lambda"], 12), rng.sample(outside, 4))
                continue
            if at.kind not in ("database", "endpoint", "balancer"):
                self.add(at, sides(at, (at.addr, resolver), (at.addr, resolver), ("-", "-"), 53, "udp", True, "1"), "udp", 6.0)
                self.add(at, sides(at, (at.addr, "169.254.169.123"), (at.addr, "169.254.169.123"), ("-", "-"), 123, "udp", True, "-"), "udp", 0.1)
                for addr, service in dict.fromkeys(rng.choices(outside, outside_popularity, k=3)):
                    path = "8" if service != "S3" else "7"
                    own = rng.choice(at.pods) if at.pods else at.addr
                    self.add(at, sides(at, (at.addr, addr), (own, addr), ("-", service), 443, "tcp", True, path), "tcp", self.weight())
            for to in dict.fromkeys(rng.choices(servers, popularity, k=1 + int(rng.paretovariate(1.6)))):
                if to is not at:
                    self.inside(at, to, rng.choice(SERVES[to.kind]))
            if rng.random() < 0.05:
                to = rng.choice(vpc.interfaces)
                both = sides(at, (at.addr, to.addr), (at.addr, to.addr), ("-", "-"), 0, "icmp", True, "1")
                self.add(at, both, "icmp", 0.3)
        for at in vpc.interfaces:
            total, bounds = 0.0, []
            for weight in at.bounds:
                total += weight
                bounds.append(total)
            at.bounds = bounds

    def inside(self, client: Interface, server: Interface, port: int) -> None:
        """An edge within the VPC: both interfaces log it. A pod's address shows in the packet alone."""
        rng = self.rng
        pod = rng.choice(client.pods) if client.pods and rng.random() < 0.8 else client.addr
        behind = rng.choice(server.pods) if server.pods and rng.random() < 0.8 else server.addr
        weight, services = self.weight(), ("-", "-")
        if rng.random() < 0.03:
            ends = (client.addr6, server.addr6)
            for at, outward in ((client, True), (server, False)):
                self.add(at, sides(at, ends, ends, services, port, "tcp", outward, "1", kind="IPv6"), "tcp", weight)
            return
        self.add(client, sides(client, (client.addr, server.addr), (pod, server.addr), services, port, "tcp", True, "1"), "tcp", weight)
        self.add(server, sides(server, (pod, server.addr), (pod, behind), services, port, "tcp", False, "1"), "tcp", weight)
        if rng.random() < 0.02:  # a security group in the way
            refused = sides(server, (client.addr, server.addr), (pod, server.addr), services, 22, "tcp", False, "1", "REJECT", False)
            self.add(server, refused, "tcp", 0.2)

    def translate(self, at: Interface, clients: list[Interface], outside: list[tuple[str, str]]) -> None:
        """A NAT gateway sees each connection twice: before and after it changed the addresses."""
        for client in clients:
            for addr, service in outside:
                weight = self.weight()
                before = sides(at, (client.addr, at.addr), (client.addr, addr), ("-", service), 443, "tcp", False, "-")
                self.add(at, before, "tcp", weight)
        for addr, service in outside:
            after = sides(at, (at.addr, addr), (at.addr, addr), ("-", service), 443, "tcp", True, "8")
            self.add(at, after, "tcp", 8.0, ports=1024)

    def weight(self) -> float:
        return self.rng.lognormvariate(0, 1.1)

    def add(self, at: Interface, both: tuple, protocol: str, weight: float, ports: int = 32768) -> None:
        at.edges.append(Edge(protocol, self.rng.random() < 0.4, ports, self.rng.randrange(28000), *both))
        at.bounds.append(weight)
