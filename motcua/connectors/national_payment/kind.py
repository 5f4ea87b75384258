"""The fields of the national payment platform (Cổng Dịch vụ công quốc gia), by its own names."""

from typing import Any

from motcua.kernel.payments.ports import Order

PAID = "1"
DONE = "00"


def request_body(order: Order, *, service: str, kind: str) -> dict[str, Any]:
    """``service`` is MaDichVu, ``kind`` MaLoaiHinhThuPhat. Districts are no more: HuyenNguoiNop stays empty."""
    return {
        "MaTraCuuTT": order.request_id,
        "MaDichVu": service,
        "MaDVC": order.procedure_code,
        "TenDVC": order.procedure_name,
        "MaTTHC": order.procedure_code,
        "TenTTHC": order.procedure_name,
        "MaDonVi": order.unit_code,
        "TenDonVi": order.unit_name,
        "MaHoSo": order.case_code,
        "PhiLePhi": [
            {
                "LoaiPhiLePhi": line.kind,
                "MaPhiLePhi": line.code,
                "TenPhiLePhi": line.name,
                "SoTien": str(line.amount),
            }
            for line in order.lines
        ],
        "TKThuHuong": order.to.account,
        "MaNHThuHuong": order.to.bin,
        "TenTKThuHuong": order.to.name,
        "MaLoaiHinhThuPhat": kind,
        "NoiDungThanhToan": order.purpose,
        "HoTenNguoiNop": order.payer.name,
        "SoCMNDNguoiNop": order.payer.identifier,
        "DiaChiNguoiNop": order.payer.address,
        "HuyenNguoiNop": "",
        "TinhNguoiNop": order.province,
        "DSKhoanNop": [{"NoiDung": order.purpose, "SoTien": str(order.amount)}],
        "UrlBack": order.back_url,
    }
